//! The licence book, its stakes, the court's debts, and the numbers that a provider's standing follows from. Events
//! in the deployed contract's layout, which book and vault emit besides their own, have no effect.

use milepost_types::{Address, U256};

use super::Handler;
use crate::{
    rows::{CourtDebt, License, Parameter, StakeRow},
    value::clamp,
};

/// Kind of a provider's licence in the book.
pub(crate) const KIND_PROVIDER: u64 = 1;
/// State of a licence that is in force and not suspended.
pub(crate) const STATE_APPROVED: u64 = 3;

/// Parameters that are kept: the provider's stake in DIMO, in USD (zero: in DIMO), and whether licences keep the stake
/// they were approved with.
pub(crate) const KEY_PROVIDER: &str = "stake.provider";
pub(crate) const KEY_PROVIDER_USD: &str = "stake.provider_usd";
pub(crate) const KEY_GRANDFATHER: &str = "stake.grandfather";
/// USD per DIMO of the last re-base, 18 decimals.
pub(crate) const PEG_PRICE: &str = "peg_price";
/// The court that the book asks, as a number; zero or absent: none.
pub(crate) const COURT: &str = "license_court";

pub(super) fn licenses(signature: &str) -> Option<Handler> {
    Some(match signature {
        "LicenseApplied(uint256,uint8,address,uint256,bytes32,bytes32)" => |edit, _, p| {
            edit.put(License {
                license: p.uint(0)?,
                kind: clamp(p.uint(1)?),
                holder: p.address(2)?,
                state: 1,
                raised: U256::ZERO,
                base_at_approval: U256::ZERO,
                grace_until: 0,
                grace_requirement: U256::ZERO,
            });
            Ok(())
        },
        "LicenseStateChanged(uint256,uint8,uint8,address,bool,bytes32)" => |edit, _, p| {
            let state = clamp(p.uint(1)?);
            edit.update::<License>((p.uint(0)?,), |license| license.state = state);
            Ok(())
        },
        "LicenseReassigned(uint256,address,address,address,bytes32)" => |edit, _, p| {
            let holder = p.address(2)?;
            edit.update::<License>((p.uint(0)?,), |license| license.holder = holder);
            Ok(())
        },
        "LicenseTermsChanged(uint256,uint256,uint256,uint8,uint256,uint256,uint256,uint256)" => {
            |edit, _, p| {
                let (raised, base) = (p.uint(4)?, p.uint(5)?);
                let (until, requirement) = (clamp(p.uint(6)?), p.uint(7)?);
                edit.update::<License>((p.uint(0)?,), |license| {
                    license.raised = raised;
                    license.base_at_approval = base;
                    license.grace_until = until;
                    license.grace_requirement = requirement;
                });
                Ok(())
            }
        }
        "CourtSet(address)" => |edit, _, p| {
            edit.put(Parameter {
                name: COURT.to_owned(),
                value: U256::from_be_slice(p.address(0)?.as_slice()),
            });
            Ok(())
        },
        _ => return None,
    })
}

pub(super) fn stakes(signature: &str) -> Option<Handler> {
    Some(match signature {
        "StakeChanged(uint256,uint256,uint256,uint256,uint256)" => |edit, _, p| {
            edit.put(StakeRow {
                license: p.uint(0)?,
                own: p.uint(1)?,
                partner: p.uint(2)?,
                loan: p.uint(3)?,
                loan_due_at: clamp(p.uint(4)?),
            });
            Ok(())
        },
        _ => return None,
    })
}

pub(super) fn debts(signature: &str) -> Option<Handler> {
    Some(match signature {
        // The parts: fees, challenger, users, treasury, burned.
        "DebtRecorded(uint256,address,(uint256,uint256,uint256,uint256,uint256))" => {
            |edit, context, p| {
                let holder = p.address(1)?;
                let mut owed = U256::ZERO;
                for part in 2..7 {
                    owed = owed.saturating_add(p.uint(part)?);
                }
                edit.upsert(
                    (context.contract, holder),
                    || no_debt(context.contract, holder),
                    |debt| debt.owed = debt.owed.saturating_add(owed),
                );
                Ok(())
            }
        }
        "DebtPaid(uint256,address,address,(uint256,uint256,uint256,uint256,uint256),uint256)" => {
            |edit, context, p| {
                let (holder, left) = (p.address(1)?, p.uint(8)?);
                edit.upsert(
                    (context.contract, holder),
                    || no_debt(context.contract, holder),
                    |debt| debt.owed = left,
                );
                Ok(())
            }
        }
        _ => return None,
    })
}

const fn no_debt(court: Address, holder: Address) -> CourtDebt {
    CourtDebt {
        court,
        holder,
        owed: U256::ZERO,
    }
}

pub(super) fn parameters(signature: &str) -> Option<Handler> {
    Some(match signature {
        "ParameterSet(bytes32,uint256,uint256)" => |edit, _, p| {
            keep(edit, p.word(0)?, p.uint(2)?);
            Ok(())
        },
        "ParameterRaised(bytes32,address,uint256,uint256)" => |edit, _, p| {
            keep(edit, p.word(0)?, p.uint(3)?);
            Ok(())
        },
        _ => return None,
    })
}

/// Keys are ASCII, left-aligned.
fn keep(edit: &mut crate::state::Edit<'_>, key: milepost_types::B256, value: U256) {
    let known = [KEY_PROVIDER, KEY_PROVIDER_USD, KEY_GRANDFATHER];
    let named = known.into_iter().find(|name| {
        let (text, rest) = key.split_at(name.len());
        text == name.as_bytes() && rest.iter().all(|byte| *byte == 0)
    });
    if let Some(name) = named {
        edit.put(Parameter {
            name: name.to_owned(),
            value,
        });
    }
}

pub(super) fn peg(signature: &str) -> Option<Handler> {
    Some(match signature {
        "Rebased(uint256,uint256,uint8,address)" => |edit, _, p| {
            edit.put(Parameter {
                name: PEG_PRICE.to_owned(),
                value: p.uint(0)?,
            });
            Ok(())
        },
        _ => return None,
    })
}
