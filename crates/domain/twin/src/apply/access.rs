use milepost_types::{Address, U256};

use super::{Context, Handler, Moved, TRANSFER, transfer, version};
use crate::{
    abi::{DecodeError, Params},
    role::Role,
    rows::{ConnectionRow, GrantRow, StorageNode, Template},
    state::Edit,
    value::clamp,
};

pub(super) fn grants(signature: &str, role: Role) -> Option<Handler> {
    Some(match (role, signature) {
        (Role::Sacd, "PermissionsSet(address,uint256,uint256,address,uint256,uint256,string)") => {
            |edit, context, p| permissions_set(edit, context, p, p.uint(5)?, p.text(6)?)
        }
        (Role::Sacd, "PermissionsSet(address,uint256,uint256,address,uint256,string)") => {
            |edit, context, p| permissions_set(edit, context, p, U256::ZERO, p.text(5)?)
        }
        (Role::Sacd, "PermissionsRenounced(address,uint256,address)") => |edit, _, p| {
            let (asset, token) = (p.address(0)?, p.uint(1)?);
            edit.delete::<GrantRow>((asset, token, version(edit, asset, token), p.address(2)?));
            Ok(())
        },
        (Role::Template, "TemplateCreated(uint256,address,address,uint256,string)") => {
            |edit, _, p| {
                edit.put(Template {
                    token: p.uint(0)?,
                    creator: p.address(1)?,
                    asset: p.address(2)?,
                    permissions: p.uint(3)?,
                    cid: p.text(4)?,
                    active: true,
                });
                Ok(())
            }
        }
        (Role::Template, "TemplateDeactivated(uint256)") => |edit, _, p| {
            edit.update::<Template>((p.uint(0)?,), |template| template.active = false);
            Ok(())
        },
        (Role::Template, TRANSFER) => |edit, context, p| {
            let (token, moved) = transfer(edit, context, p)?;
            if matches!(moved, Moved::Burned) {
                edit.update::<Template>((token,), |template| template.active = false);
            }
            Ok(())
        },
        _ => return None,
    })
}

/// `(asset, token, permissions, grantee, expiration, …)`: one record per key, a new one replaces the old.
fn permissions_set(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
    template: U256,
    source: String,
) -> Result<(), DecodeError> {
    let (asset, token) = (p.address(0)?, p.uint(1)?);
    edit.put(GrantRow {
        asset,
        token,
        version: version(edit, asset, token),
        grantee: p.address(3)?,
        permissions: p.uint(2)?,
        expires_at: clamp(p.uint(4)?),
        template,
        source,
        set_at: context.time,
    });
    Ok(())
}

pub(super) fn connections(signature: &str) -> Option<Handler> {
    match signature {
        TRANSFER => Some(|edit, context, p| {
            let (token, moved) = transfer(edit, context, p)?;
            match moved {
                Moved::Minted { to } => {
                    edit.upsert(
                        (token,),
                        || new_connection(token, to, context),
                        |row| row.owner = to,
                    );
                }
                Moved::Passed { to } => {
                    edit.update::<ConnectionRow>((token,), |row| row.owner = to)
                }
                Moved::Burned => edit.delete::<ConnectionRow>((token,)),
            }
            Ok(())
        }),
        "ConnectionMinted(address,uint256,address,string,bytes32,uint256)" => {
            Some(|edit, context, p| {
                let (owner, token, address, name) =
                    (p.address(0)?, p.uint(1)?, p.address(2)?, p.text(3)?);
                edit.upsert(
                    (token,),
                    || new_connection(token, owner, context),
                    |row| {
                        row.address = Some(address);
                        row.name = name;
                    },
                );
                Ok(())
            })
        }
        _ => None,
    }
}

const fn new_connection(token: U256, owner: Address, context: Context) -> ConnectionRow {
    ConnectionRow {
        token,
        address: None,
        owner,
        name: String::new(),
        minted_at: context.time,
    }
}

pub(super) fn storage_nodes(signature: &str) -> Option<Handler> {
    match signature {
        TRANSFER => Some(|edit, context, p| {
            let (token, moved) = transfer(edit, context, p)?;
            match moved {
                Moved::Minted { to } => {
                    edit.upsert(
                        (token,),
                        || new_storage_node(token, to, context),
                        |row| row.owner = to,
                    );
                }
                Moved::Passed { to } => edit.update::<StorageNode>((token,), |row| row.owner = to),
                Moved::Burned => edit.delete::<StorageNode>((token,)),
            }
            Ok(())
        }),
        "StorageNodeAnchorMinted(address,uint256,address,string,string)"
        | "StorageLicenseMinted(address,uint256,address,string,string)" => {
            Some(|edit, context, p| {
                let (owner, token, address) = (p.address(0)?, p.uint(1)?, p.address(2)?);
                let (label, uri) = (p.text(3)?, p.text(4)?);
                edit.upsert(
                    (token,),
                    || new_storage_node(token, owner, context),
                    |row| {
                        row.address = Some(address);
                        row.label = label;
                        row.uri = uri;
                    },
                );
                Ok(())
            })
        }
        "NodeUriUpdated(uint256,string)" => Some(|edit, _, p| {
            let uri = p.text(1)?;
            edit.update::<StorageNode>((p.uint(0)?,), |row| row.uri = uri);
            Ok(())
        }),
        _ => None,
    }
}

const fn new_storage_node(token: U256, owner: Address, context: Context) -> StorageNode {
    StorageNode {
        token,
        address: None,
        owner,
        label: String::new(),
        uri: String::new(),
        minted_at: context.time,
    }
}
