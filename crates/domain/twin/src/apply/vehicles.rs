use milepost_types::{Address, U256};

use super::{Context, Handler, Moved, TRANSFER, transfer, version};
use crate::{
    abi::{DecodeError, Params},
    rows::{Attribute, Manufacturer, Privilege, Row as _, VehicleRow},
    state::Edit,
    value::clamp,
};

/// Kinds of node in the attribute table.
pub(super) const VEHICLE: u64 = 0;
pub(super) const AFTERMARKET: u64 = 1;
pub(super) const SYNTHETIC: u64 = 2;
const MANUFACTURER: u64 = 3;

pub(super) const PRIVILEGE_SET: &str = "PrivilegeSet(uint256,uint256,uint256,address,uint256)";

pub(super) fn registry(signature: &str) -> Option<Handler> {
    Some(match signature {
        "ManufacturerNodeMinted(string,uint256,address)" => |edit, context, p| {
            manufacturer_minted(edit, context, p.uint(1)?, p.address(2)?, p.text(0)?)
        },
        "ManufacturerNodeMinted(uint256,address)" => |edit, context, p| {
            manufacturer_minted(edit, context, p.uint(0)?, p.address(1)?, String::new())
        },
        "ManufacturerAttributeSet(uint256,string,string)" => {
            |edit, _, p| attribute(edit, MANUFACTURER, p)
        }
        "VehicleNodeMinted(uint256,address)" => {
            |edit, context, p| vehicle_minted(edit, context, p.uint(0)?, p.address(1)?, None, None)
        }
        "VehicleNodeMinted(uint256,uint256,address)" => |edit, context, p| {
            vehicle_minted(
                edit,
                context,
                p.uint(1)?,
                p.address(2)?,
                Some(p.uint(0)?),
                None,
            )
        },
        "VehicleNodeMinted(uint256,uint256,address,string)"
        | "VehicleNodeMintedWithDeviceDefinition(uint256,uint256,address,string)" => {
            |edit, context, p| {
                vehicle_minted(
                    edit,
                    context,
                    p.uint(1)?,
                    p.address(2)?,
                    Some(p.uint(0)?),
                    Some(p.text(3)?),
                )
            }
        }
        "VehicleAttributeSet(uint256,string,string)"
        | "VehicleAttributeSetDevAdmin(uint256,string,string)" => {
            |edit, _, p| attribute(edit, VEHICLE, p)
        }
        "DeviceDefinitionIdSet(uint256,string)" => |edit, _, p| {
            let definition = p.text(1)?;
            edit.update::<VehicleRow>((p.uint(0)?,), |vehicle| vehicle.definition_id = definition);
            Ok(())
        },
        "VehicleStorageNodeIdSet(uint256,uint256)" => |edit, _, p| {
            let node = p.uint(1)?;
            edit.update::<VehicleRow>((p.uint(0)?,), |vehicle| {
                vehicle.storage_node = (!node.is_zero()).then_some(node)
            });
            Ok(())
        },
        _ => return None,
    })
}

pub(super) fn vehicle_nft(signature: &str) -> Option<Handler> {
    match signature {
        TRANSFER => Some(vehicle_transfer),
        PRIVILEGE_SET => Some(privilege_set),
        _ => None,
    }
}

pub(super) fn manufacturer_nft(signature: &str) -> Option<Handler> {
    match signature {
        TRANSFER => Some(manufacturer_transfer),
        PRIVILEGE_SET => Some(privilege_set),
        _ => None,
    }
}

fn vehicle_transfer(edit: &mut Edit<'_>, context: Context, p: &Params) -> Result<(), DecodeError> {
    let (token, moved) = transfer(edit, context, p)?;
    match moved {
        Moved::Minted { to } => {
            edit.upsert(
                (token,),
                || new_vehicle(token, to, context),
                |vehicle| vehicle.owner = to,
            );
        }
        Moved::Passed { to } => edit.update::<VehicleRow>((token,), |vehicle| vehicle.owner = to),
        Moved::Burned => {
            edit.delete::<VehicleRow>((token,));
            clear_attributes(edit, VEHICLE, token);
        }
    }
    Ok(())
}

fn manufacturer_transfer(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
) -> Result<(), DecodeError> {
    let (token, moved) = transfer(edit, context, p)?;
    match moved {
        Moved::Minted { to } => {
            edit.upsert(
                (token,),
                || new_manufacturer(token, to, context),
                |row| row.owner = to,
            );
        }
        Moved::Passed { to } => edit.update::<Manufacturer>((token,), |row| row.owner = to),
        Moved::Burned => {
            edit.delete::<Manufacturer>((token,));
            clear_attributes(edit, MANUFACTURER, token);
        }
    }
    Ok(())
}

fn manufacturer_minted(
    edit: &mut Edit<'_>,
    context: Context,
    token: U256,
    owner: Address,
    name: String,
) -> Result<(), DecodeError> {
    edit.upsert(
        (token,),
        || new_manufacturer(token, owner, context),
        |row| row.name = name,
    );
    Ok(())
}

fn vehicle_minted(
    edit: &mut Edit<'_>,
    context: Context,
    token: U256,
    owner: Address,
    manufacturer: Option<U256>,
    definition: Option<String>,
) -> Result<(), DecodeError> {
    edit.upsert(
        (token,),
        || new_vehicle(token, owner, context),
        |vehicle| {
            vehicle.manufacturer = manufacturer;
            vehicle.definition_id = definition.unwrap_or_default();
        },
    );
    Ok(())
}

const fn new_vehicle(token: U256, owner: Address, context: Context) -> VehicleRow {
    VehicleRow {
        token,
        owner,
        manufacturer: None,
        definition_id: String::new(),
        storage_node: None,
        minted_at: context.time,
    }
}

const fn new_manufacturer(token: U256, owner: Address, context: Context) -> Manufacturer {
    Manufacturer {
        token,
        name: String::new(),
        owner,
        minted_at: context.time,
    }
}

/// `(id, attribute, info)`; an empty info clears the attribute.
pub(super) fn attribute(edit: &mut Edit<'_>, kind: u64, p: &Params) -> Result<(), DecodeError> {
    let (token, name, info) = (p.uint(0)?, p.text(1)?, p.text(2)?);
    if info.is_empty() {
        edit.delete::<Attribute>((kind, token, name));
    } else {
        edit.put(Attribute {
            kind,
            token,
            name,
            info,
        });
    }
    Ok(())
}

pub(super) fn clear_attributes(edit: &mut Edit<'_>, kind: u64, token: U256) {
    let keys: Vec<_> = edit
        .tables()
        .attributes
        .range((kind, token, String::new())..)
        .take_while(|((k, t, _), _)| (*k, *t) == (kind, token))
        .map(|(_, row)| row.key())
        .collect();
    for key in keys {
        edit.delete::<Attribute>(key);
    }
}

/// `(id, version, privilege, user, expires)`. The contract's version counts the same transfers as ours, so ours is
/// used and a partial history cannot revive an old grant.
pub(super) fn privilege_set(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
) -> Result<(), DecodeError> {
    let (contract, token) = (context.contract, p.uint(0)?);
    edit.put(Privilege {
        contract,
        token,
        version: version(edit, contract, token),
        privilege: clamp(p.uint(2)?),
        grantee: p.address(3)?,
        expires_at: clamp(p.uint(4)?),
    });
    Ok(())
}
