//! Three contracts of a few instructions that stand for what lies outside of the economy: prices, the registry, and the
//! arbitrators behind the panel's verdict. Written as bytes, so that no test needs an artifact that is not deployed.

use alloy_primitives::{Address, B256, U256};
use milepost_ledger::{Connection, Device};

/// Words of calldata that set a device: slot, wallet, vehicle, owner, maker.
const SET_DEVICE_BYTES: u8 = 0xa0;

/// An oracle: 32 bytes of calldata set the price, anything else returns it with the present time.
pub(crate) fn oracle() -> Vec<u8> {
    vec![
        0x36, 0x60, 0x20, 0x14, 0x60, 0x13, 0x57, // calldatasize == 32: jump to the setter
        0x5f, 0x54, 0x5f, 0x52, 0x42, 0x60, 0x20, 0x52, 0x60, 0x40, 0x5f,
        0xf3, // return (slot 0, timestamp)
        0x5b, 0x5f, 0x35, 0x5f, 0x55, 0x00, // slot 0 = calldata
    ]
}

/// How many arbitrators the panel stub says have ruled.
pub(crate) const fn arbitrators(case: u64, round: u64) -> u64 {
    (case + round) % 3 + 1
}

/// A panel that answers `arbitratorsRuled(case, round)` with [`arbitrators`].
pub(crate) fn panel() -> Vec<u8> {
    vec![
        0x60, 0x03, 0x60, 0x24, 0x35, 0x60, 0x04, 0x35, 0x01, 0x06, // (case + round) % 3
        0x60, 0x01, 0x01, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, // return it + 1
    ]
}

/// A device directory: four words at the slot `selector << 64 | id << 2`.
pub(crate) fn directory() -> Vec<u8> {
    let getter = [
        0x60, 0x04, 0x35, 0x60, 0x02, 0x1b, // id << 2
        0x5f, 0x35, 0x60, 0xe0, 0x1c, 0x60, 0x40, 0x1b, 0x17, // | selector << 64
        0x80, 0x54, 0x5f, 0x52, // wallet
        0x80, 0x60, 0x01, 0x01, 0x54, 0x60, 0x20, 0x52, // vehicle
        0x80, 0x60, 0x02, 0x01, 0x54, 0x60, 0x40, 0x52, // owner
        0x60, 0x03, 0x01, 0x54, 0x60, 0x60, 0x52, // maker
        0x60, 0x80, 0x5f, 0xf3, // return the four
    ];
    let setter = [
        0x5b, 0x5f, 0x35, // slot
        0x60, 0x20, 0x35, 0x81, 0x55, // wallet
        0x60, 0x40, 0x35, 0x81, 0x60, 0x01, 0x01, 0x55, // vehicle
        0x60, 0x60, 0x35, 0x81, 0x60, 0x02, 0x01, 0x55, // owner
        0x60, 0x80, 0x35, 0x81, 0x60, 0x03, 0x01, 0x55, // maker
        0x00,
    ];
    let jump = 7 + u8::try_from(getter.len()).expect("a few instructions");
    let head = [0x36, 0x60, SET_DEVICE_BYTES, 0x14, 0x60, jump, 0x57];
    [&head[..], &getter, &setter].concat()
}

/// Calldata that makes the directory know a device.
pub(crate) fn set_device(connection: Connection, id: u64, device: Device) -> Vec<u8> {
    let name = match connection {
        Connection::Hardware => "hardware(uint256)",
        Connection::Software => "software(uint256)",
    };
    let hash = alloy_primitives::keccak256(name);
    let selector = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    let slot = (U256::from(selector) << 64) | (U256::from(id) << 2);
    let word = |address: Address| B256::from(address.into_word().0);
    [
        B256::from(slot),
        word(device.wallet),
        B256::from(U256::from(device.vehicle)),
        word(device.owner),
        word(device.maker),
    ]
    .concat()
}
