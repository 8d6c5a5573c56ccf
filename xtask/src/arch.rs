//! Layer rules: kernel ← base ← domain ← api ← bin, with edge beside domain, and one door per heavy crate.

use std::{collections::BTreeMap, process::Command};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::run::root;

/// What a layer may depend on, besides third-party crates.
const LAYERS: [(&str, &[&str]); 7] = [
    ("kernel", &["kernel"]),
    ("base", &["kernel", "base"]),
    ("edge", &["kernel", "base", "edge"]),
    ("domain", &["kernel", "base"]),
    ("api", &["kernel", "base", "domain"]),
    ("bin", &["kernel", "base", "edge", "domain", "api"]),
    ("tool", &[]),
];

/// Heavy or dangerous crates and the one workspace crate that may name them.
const DOORS: [(&str, &str); 9] = [
    ("alloy", "milepost-chain-core"),
    ("deltalake-core", "milepost-lake-core"),
    ("parquet", "milepost-lake-core"),
    ("arrow", "milepost-lake-core"),
    ("sqlx", "milepost-sql"),
    ("async-graphql", "milepost-api-telemetry"),
    ("fjall", "milepost-lake"),
    ("secp256k1", "milepost-crypto"),
    ("rcgen", "milepost-http"),
];

/// Crates that do I/O or read the clock: never in the kernel.
const IMPURE: [&str; 6] = ["tokio", "reqwest", "axum", "hyper", "sqlx", "fjall"];

/// Fails on every edge that breaks a rule, naming it.
pub(crate) fn run() -> Result<()> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--no-deps", "--locked"])
        .current_dir(root())
        .output()
        .context("run cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let faults = faults(&metadata)?;
    if faults.is_empty() {
        println!("arch: layers and doors hold");
        return Ok(());
    }
    bail!("arch:\n  {}", faults.join("\n  "))
}

fn faults(metadata: &Value) -> Result<Vec<String>> {
    let packages = metadata["packages"].as_array().context("packages")?;
    let mut layers = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().context("name")?;
        match package["metadata"]["arch"]["layer"].as_str() {
            Some(layer) => layers.insert(name, layer),
            None => bail!("{name} states no [package.metadata.arch] layer"),
        };
    }
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().context("name")?;
        let layer = layers[name];
        let Some((_, allowed)) = LAYERS.iter().find(|(known, _)| *known == layer) else {
            faults.push(format!("{name}: unknown layer {layer}"));
            continue;
        };
        for dependency in package["dependencies"].as_array().context("dependencies")? {
            let target = dependency["name"].as_str().context("dependency name")?;
            let testing = dependency["kind"].as_str() == Some("dev");
            if let Some(other) = layers.get(target)
                && !testing
                && !allowed.contains(other)
            {
                faults.push(format!(
                    "{name} ({layer}) must not depend on {target} ({other})"
                ));
            }
            if let Some((_, door)) = DOORS.iter().find(|(heavy, _)| *heavy == target)
                && *door != name
            {
                faults.push(format!("{name} must not use {target}: its door is {door}"));
            }
            if layer == "kernel" && !testing && IMPURE.contains(&target) {
                faults.push(format!("{name} is in the kernel and must not use {target}"));
            }
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(name: &str, layer: &str, dependencies: &[&str]) -> Value {
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|d| json!({"name": d, "kind": null}))
            .collect();
        json!({"name": name, "metadata": {"arch": {"layer": layer}}, "dependencies": dependencies})
    }

    #[test]
    fn an_upward_edge_a_sideways_edge_and_a_second_door_are_faults() {
        let metadata = json!({"packages": [
            package("k", "kernel", &["b", "tokio"]),
            package("b", "base", &[]),
            package("d", "domain", &["e", "alloy"]),
            package("e", "domain", &["b", "k"]),
        ]});
        let faults = faults(&metadata).unwrap();
        assert_eq!(faults.len(), 4, "{faults:?}");
    }

    #[test]
    fn a_crate_without_a_layer_is_an_error() {
        let metadata = json!({"packages": [{"name": "x", "metadata": null, "dependencies": []}]});
        assert!(faults(&metadata).is_err());
    }
}
