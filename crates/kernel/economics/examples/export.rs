//! Writes the generated files under `contracts/`: one JSON per profile and the Solidity key library.

use std::{fs, io, path::Path};

use milepost_economics::{PROFILE_NAMES, Profile, solidity_keys};

fn main() -> io::Result<()> {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../contracts");
    fs::create_dir_all(contracts.join("profiles"))?;
    for name in PROFILE_NAMES {
        let profile = Profile::load(name).map_err(io::Error::other)?;
        fs::write(
            contracts.join(format!("profiles/{name}.json")),
            profile.to_json(),
        )?;
    }
    fs::write(
        contracts.join("src/libraries/ParameterKeys.sol"),
        solidity_keys(),
    )
}
