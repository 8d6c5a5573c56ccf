use milepost_types::{Address, U256};

use super::{Context, Handler, Moved, TRANSFER, transfer};
use crate::{
    abi::{DecodeError, Params},
    rows::{
        DeveloperLicenseRow, DeveloperSigner, Parameter, ProviderLicense, ProviderStake,
        RedirectUri, Row as _,
    },
    state::Edit,
    value::clamp,
};

/// How long a signer is good after it was enabled, in seconds, once the licence contract announced it.
pub(crate) const SIGNER_VALIDITY: &str = "signer_validity_secs";
/// Stake an integration provider needs, once the licence contract announced it.
pub(crate) const PROVIDER_STAKE: &str = "provider_stake_min";

/// Validity of signers until the contract announces another.
const SIGNER_VALIDITY_DEFAULT_SECS: u64 = 365 * 24 * 3600;

pub(super) fn developer(signature: &str) -> Option<Handler> {
    Some(match signature {
        TRANSFER => developer_transfer,
        "Issued(uint256,address,address)" => |edit, context, p| {
            let (token, owner, client) = (p.uint(0)?, p.address(1)?, p.address(2)?);
            edit.upsert(
                (token,),
                || new_developer(token, owner, context),
                |row| row.client_id = Some(client),
            );
            Ok(())
        },
        "LicenseAliasSet(uint256,string)" => |edit, _, p| {
            let alias = p.text(1)?;
            edit.update::<DeveloperLicenseRow>((p.uint(0)?,), |row| row.alias = alias);
            Ok(())
        },
        "SignerEnabled(uint256,address)" => |edit, context, p| {
            let validity = edit
                .get::<Parameter>(&(SIGNER_VALIDITY.to_owned(),))
                .map_or(SIGNER_VALIDITY_DEFAULT_SECS, |parameter| {
                    clamp(parameter.value)
                });
            let expires_at = clamp(U256::from(context.time) + U256::from(validity));
            edit.put(DeveloperSigner {
                token: p.uint(0)?,
                signer: p.address(1)?,
                enabled_at: context.time,
                expires_at,
            });
            Ok(())
        },
        "SignerDisabled(uint256,address)" => |edit, _, p| {
            edit.delete::<DeveloperSigner>((p.uint(0)?, p.address(1)?));
            Ok(())
        },
        "RedirectUriEnabled(uint256,string)" => |edit, context, p| {
            edit.put(RedirectUri {
                token: p.uint(0)?,
                uri: p.text(1)?,
                enabled_at: context.time,
            });
            Ok(())
        },
        "RedirectUriDisabled(uint256,string)" => |edit, _, p| {
            edit.delete::<RedirectUri>((p.uint(0)?, p.text(1)?));
            Ok(())
        },
        "UpdatePeriodValidity(uint256)" => |edit, _, p| {
            edit.put(Parameter {
                name: SIGNER_VALIDITY.to_owned(),
                value: p.uint(0)?,
            });
            Ok(())
        },
        "StakeDeposit(uint256,address,uint256)" => |edit, _, p| {
            let amount = p.uint(2)?;
            edit.update::<DeveloperLicenseRow>((p.uint(0)?,), |row| {
                row.stake = row.stake.saturating_add(amount)
            });
            Ok(())
        },
        "StakeWithdraw(uint256,address,uint256)" => {
            |edit, _, p| developer_stake_less(edit, p.uint(0)?, p.uint(2)?)
        }
        "AssetForfeit(uint256,uint256)" => {
            |edit, _, p| developer_stake_less(edit, p.uint(0)?, p.uint(1)?)
        }
        "AssetFreezeUpdate(uint256,uint256,bool)" => |edit, _, p| {
            let frozen = p.flag(2)?;
            edit.update::<DeveloperLicenseRow>((p.uint(0)?,), |row| row.frozen = frozen);
            Ok(())
        },
        _ => return None,
    })
}

fn developer_stake_less(edit: &mut Edit<'_>, token: U256, amount: U256) -> Result<(), DecodeError> {
    edit.update::<DeveloperLicenseRow>((token,), |row| {
        row.stake = row.stake.saturating_sub(amount)
    });
    Ok(())
}

fn developer_transfer(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
) -> Result<(), DecodeError> {
    let (token, moved) = transfer(edit, context, p)?;
    match moved {
        Moved::Minted { to } => {
            edit.upsert(
                (token,),
                || new_developer(token, to, context),
                |row| row.owner = to,
            );
        }
        Moved::Passed { to } => edit.update::<DeveloperLicenseRow>((token,), |row| row.owner = to),
        Moved::Burned => {
            edit.delete::<DeveloperLicenseRow>((token,));
            clear_developer(edit, token);
        }
    }
    Ok(())
}

/// A revoked licence must not keep logging in: the contracts leave its signers and redirect URIs in place.
fn clear_developer(edit: &mut Edit<'_>, token: U256) {
    let tables = edit.tables();
    let signers: Vec<_> = tables
        .developer_signers
        .range((token, Address::ZERO)..)
        .take_while(|((t, _), _)| *t == token)
        .map(|(_, row)| row.key())
        .collect();
    let uris: Vec<_> = tables
        .redirect_uris
        .range((token, String::new())..)
        .take_while(|((t, _), _)| *t == token)
        .map(|(_, row)| row.key())
        .collect();
    for key in signers {
        edit.delete::<DeveloperSigner>(key);
    }
    for key in uris {
        edit.delete::<RedirectUri>(key);
    }
}

const fn new_developer(token: U256, owner: Address, context: Context) -> DeveloperLicenseRow {
    DeveloperLicenseRow {
        token,
        owner,
        client_id: None,
        alias: String::new(),
        stake: U256::ZERO,
        frozen: false,
        minted_at: context.time,
    }
}

pub(super) fn provider(signature: &str) -> Option<Handler> {
    Some(match signature {
        TRANSFER => |edit, context, p| {
            let (token, moved) = transfer(edit, context, p)?;
            match moved {
                Moved::Minted { to: holder } | Moved::Passed { to: holder } => {
                    let row = || ProviderLicense {
                        token,
                        holder,
                        suspended_for: None,
                    };
                    edit.upsert((token,), row, |license| license.holder = holder);
                }
                Moved::Burned => edit.delete::<ProviderLicense>((token,)),
            }
            Ok(())
        },
        "LicenseSuspended(uint256,bytes32)" => |edit, _, p| {
            let reason = p.word(1)?;
            edit.update::<ProviderLicense>((p.uint(0)?,), |license| {
                license.suspended_for = Some(reason)
            });
            Ok(())
        },
        "LicenseReinstated(uint256)" => |edit, _, p| {
            edit.update::<ProviderLicense>((p.uint(0)?,), |license| license.suspended_for = None);
            Ok(())
        },
        "StakeTokens(address,uint256)" => |edit, _, p| {
            let amount = p.uint(1)?;
            provider_stake(edit, p.address(0)?, |row| {
                row.staked = row.staked.saturating_add(amount)
            })
        },
        "UnstakeTokens(address,uint256)"
        | "EmergencyWithdrawal(address,uint256)"
        | "StakeSlashed(address,uint256,address,bytes32)" => |edit, _, p| {
            let amount = p.uint(1)?;
            provider_stake(edit, p.address(0)?, |row| {
                row.staked = row.staked.saturating_sub(amount)
            })
        },
        "RequirementRaised(address,uint256)" => |edit, _, p| {
            let amount = p.uint(1)?;
            provider_stake(edit, p.address(0)?, |row| row.required_min = amount)
        },
        "StakeAmountAdjusted(uint256)" => |edit, _, p| {
            edit.put(Parameter {
                name: PROVIDER_STAKE.to_owned(),
                value: p.uint(0)?,
            });
            Ok(())
        },
        _ => return None,
    })
}

fn provider_stake(
    edit: &mut Edit<'_>,
    holder: Address,
    change: impl FnOnce(&mut ProviderStake),
) -> Result<(), DecodeError> {
    let row = || ProviderStake {
        holder,
        staked: U256::ZERO,
        required_min: U256::ZERO,
    };
    edit.upsert((holder,), row, change);
    Ok(())
}
