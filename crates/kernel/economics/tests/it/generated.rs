use std::{fs, path::Path};

use milepost_economics::{PROFILE_NAMES, Profile, solidity_keys};

/// `cargo run -p milepost-economics --example export` writes them.
#[test]
fn committed_files_are_what_the_key_table_generates() {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../contracts");
    for name in PROFILE_NAMES {
        let path = contracts.join(format!("profiles/{name}.json"));
        let committed = fs::read_to_string(&path).unwrap();
        assert_eq!(
            committed,
            Profile::load(name).unwrap().to_json(),
            "{}",
            path.display()
        );
    }
    let committed = fs::read_to_string(contracts.join("src/libraries/ParameterKeys.sol")).unwrap();
    assert_eq!(committed, solidity_keys());
    let listed = fs::read_dir(contracts.join("profiles")).unwrap().count();
    assert_eq!(listed, PROFILE_NAMES.len(), "no profile without source");
}
