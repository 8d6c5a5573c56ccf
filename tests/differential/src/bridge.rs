//! An action of the ledger as a call of a contract.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;
use milepost_ledger::{Action, Award, Ruling};

use crate::world::Contracts;
use crate::{Chain, Revert, abi, stubs};

fn ruling_input(ruling: &Ruling) -> abi::RulingInput {
    let Award {
        burn,
        users,
        challenger,
        treasury,
    } = ruling.award;
    abi::RulingInput {
        upheld: ruling.upheld,
        reparation: ruling.reparation,
        award: abi::AwardBps {
            burnBps: burn,
            usersBps: users,
            challengerBps: challenger,
            treasuryBps: treasury,
        },
        opinionHash: ruling.opinion,
        impactRoot: ruling.impact_root,
        impactShares: ruling.impact_shares,
    }
}

/// Does on chain what the action says.
pub(crate) fn send(
    chain: &mut Chain,
    to: &Contracts,
    caller: Address,
    action: &Action,
) -> Result<Bytes, Revert> {
    if let Action::Rebase { twap } = action {
        chain.call(caller, to.oracle, twap.to_be_bytes_vec())?;
    }
    let (contract, data) = call_of(to, caller, action);
    chain.call(caller, contract, data)
}

fn call_of(to: &Contracts, caller: Address, action: &Action) -> (Address, Vec<u8>) {
    if let Some(data) = book_call(action) {
        return (to.book, data);
    }
    if let Some(data) = court_call(to, action) {
        return (to.court, data);
    }
    if let Some(data) = escrow_call(action) {
        return (to.escrow, data);
    }
    match action {
        Action::Rebase { .. } => (to.peg, abi::Peg::rebaseCall {}.abi_encode()),
        Action::Stake { id, amount } => (
            to.vault,
            abi::StakeVault::stakeCall {
                id: U256::from(id.0),
                amount: *amount,
            }
            .abi_encode(),
        ),
        Action::Lend { id, amount, due_at } => (
            to.vault,
            abi::StakeVault::lendCall {
                id: U256::from(id.0),
                amount: *amount,
                dueAt: *due_at,
            }
            .abi_encode(),
        ),
        Action::WithdrawStake { id, class, amount } => (
            to.vault,
            abi::StakeVault::withdrawCall {
                id: U256::from(id.0),
                class: *class as u8,
                amount: *amount,
            }
            .abi_encode(),
        ),
        Action::Buy {
            to: receiver,
            device_type,
            count,
            cost_max,
        } => (
            to.vouchers,
            abi::Vouchers::buyForCall {
                to: *receiver,
                deviceType: *device_type,
                count: U256::from(*count),
                maxCost: *cost_max,
            }
            .abi_encode(),
        ),
        Action::AddType { device_type } => {
            let specification = device_type;
            let call = abi::Vouchers::addTypeCall {
                deviceType: *device_type,
                specificationHash: *specification,
            };
            (to.vouchers, call.abi_encode())
        }
        Action::SetTypeTerms {
            device_type,
            price,
            cap,
        } => (
            to.vouchers,
            abi::Vouchers::setTypeTermsCall {
                deviceType: *device_type,
                price: *price,
                cap: *cap,
            }
            .abi_encode(),
        ),
        Action::TransferVoucher { id, to: receiver } => (
            to.vouchers,
            abi::Vouchers::transferFromCall {
                from: caller,
                to: *receiver,
                voucher: U256::from(id.0),
            }
            .abi_encode(),
        ),
        Action::PostRoot { root } => (
            to.attestations,
            abi::Attestations::postCall {
                root: *root,
                uri: String::new(),
            }
            .abi_encode(),
        ),
        Action::WithdrawRoot { id } => (
            to.attestations,
            abi::Attestations::withdrawCall {
                rootId: U256::from(id.0),
            }
            .abi_encode(),
        ),
        Action::RaiseParameter { key, value } => (
            to.parameters,
            abi::Parameters::raiseCall {
                key: key.bytes32(),
                value: *value,
            }
            .abi_encode(),
        ),
        Action::SetParameter { key, value } => (
            to.parameters,
            abi::Parameters::setCall {
                key: key.bytes32(),
                value: *value,
            }
            .abi_encode(),
        ),
        Action::RenewTerm { member, until } => (
            to.roster,
            abi::Roster::renewCall {
                account: *member,
                until: U256::from(*until),
            }
            .abi_encode(),
        ),
        Action::Transfer {
            to: receiver,
            amount,
        } => (
            to.token,
            abi::Token::transferCall {
                to: *receiver,
                amount: *amount,
            }
            .abi_encode(),
        ),
        Action::SetDevice {
            connection,
            id,
            device,
        } => (to.directory, stubs::set_device(*connection, *id, *device)),
        other => unreachable!("{other:?} is a call of book, court or escrow"),
    }
}

fn book_call(action: &Action) -> Option<Vec<u8>> {
    use abi::Book;
    let id = |id: &milepost_ledger::LicenseId| U256::from(id.0);
    Some(match action {
        Action::ApplyFor { kind, terms } => Book::applyForCall {
            kind: *kind as u8,
            applicationHash: *terms,
        }
        .abi_encode(),
        Action::ApplyForDeviceType {
            parent,
            device_type,
            terms,
        } => Book::applyForDeviceTypeCall {
            parent: id(parent),
            deviceType: *device_type,
            applicationHash: *terms,
        }
        .abi_encode(),
        Action::WithdrawApplication { id: license } => {
            Book::withdrawApplicationCall { id: id(license) }.abi_encode()
        }
        Action::Decide {
            id: license,
            approved,
            analysis,
        } => Book::decideCall {
            id: id(license),
            approved: *approved,
            analysisHash: *analysis,
        }
        .abi_encode(),
        Action::Overrule {
            id: license,
            analysis,
        } => Book::overruleCall {
            id: id(license),
            analysisHash: *analysis,
        }
        .abi_encode(),
        Action::Suspend {
            id: license,
            analysis,
        } => Book::suspendCall {
            id: id(license),
            analysisHash: *analysis,
        }
        .abi_encode(),
        Action::Reinstate {
            id: license,
            analysis,
        } => Book::reinstateCall {
            id: id(license),
            analysisHash: *analysis,
        }
        .abi_encode(),
        Action::Revoke {
            id: license,
            analysis,
        } => Book::revokeCall {
            id: id(license),
            analysisHash: *analysis,
        }
        .abi_encode(),
        Action::Renounce { id: license } => Book::renounceCall { id: id(license) }.abi_encode(),
        Action::Release { id: license } => Book::releaseCall { id: id(license) }.abi_encode(),
        Action::Reassign {
            id: license,
            to,
            reason,
        } => Book::reassignCall {
            id: id(license),
            to: *to,
            reasonHash: *reason,
        }
        .abi_encode(),
        Action::RaiseRequirement {
            id: license,
            amount,
            reason,
        } => Book::raiseRequirementCall {
            id: id(license),
            amount: *amount,
            reasonHash: *reason,
        }
        .abi_encode(),
        Action::ReportUsage {
            id: license,
            users,
            units,
            class,
        } => Book::reportUsageCall {
            id: id(license),
            users: *users,
            units: u128::from(*units),
            class: *class as u8,
        }
        .abi_encode(),
        Action::ReportMonth {
            id: license,
            month,
            users,
        } => Book::reportMonthCall {
            id: id(license),
            month: U256::from(*month),
            users: *users,
        }
        .abi_encode(),
        Action::PayBurn { id: license, month } => Book::payBurnCall {
            id: id(license),
            month: U256::from(*month),
        }
        .abi_encode(),
        _ => return None,
    })
}

fn court_call(to: &Contracts, action: &Action) -> Option<Vec<u8>> {
    use abi::CourtContract as Court;
    let id = |id: &milepost_ledger::CaseId| U256::from(id.0);
    Some(match action {
        Action::OpenCase(challenge) => Court::openCall {
            licenseId: U256::from(challenge.license.0),
            breachAt: U256::from(challenge.breach_at),
            claimHash: challenge.claim,
            evidenceHash: challenge.evidence,
            subject: challenge.subject.map_or(Address::ZERO, |_| to.attestations),
            subjectId: challenge
                .subject
                .map_or(U256::ZERO, |root| U256::from(root.0)),
        }
        .abi_encode(),
        Action::Respond { id: case, evidence } => Court::respondCall {
            caseId: id(case),
            evidenceHash: *evidence,
        }
        .abi_encode(),
        Action::ProposeSettlement { id: case, amount } => Court::proposeSettlementCall {
            caseId: id(case),
            amount: *amount,
        }
        .abi_encode(),
        Action::AcceptSettlement { id: case, amount } => Court::acceptSettlementCall {
            caseId: id(case),
            amount: *amount,
        }
        .abi_encode(),
        Action::DeclineMediation { id: case } => {
            Court::declineMediationCall { caseId: id(case) }.abi_encode()
        }
        Action::Rule {
            id: case, ruling, ..
        } => Court::ruleCall {
            caseId: id(case),
            ruling: ruling_input(ruling),
        }
        .abi_encode(),
        Action::Appeal { id: case } => Court::appealCall {
            caseId: id(case),
            evidenceHash: alloy_primitives::B256::ZERO,
        }
        .abi_encode(),
        Action::CloseCase { id: case } => Court::closeCall { caseId: id(case) }.abi_encode(),
        Action::Claim {
            id: case,
            account,
            shares,
            proof,
        } => Court::claimCall {
            caseId: id(case),
            account: *account,
            shares: *shares,
            proof: proof.clone(),
        }
        .abi_encode(),
        Action::SweepUnclaimed { id: case } => {
            Court::sweepUnclaimedCall { caseId: id(case) }.abi_encode()
        }
        Action::PayDebt { id: case, amount } => Court::payDebtCall {
            caseId: id(case),
            amount: *amount,
        }
        .abi_encode(),
        _ => return None,
    })
}

fn escrow_call(action: &Action) -> Option<Vec<u8>> {
    use abi::EscrowContract as Escrow;
    let id = |id: &milepost_ledger::VoucherId| U256::from(id.0);
    Some(match action {
        Action::Bond {
            id: voucher,
            connection,
            device,
        } => Escrow::bondCall {
            voucher: id(voucher),
            kind: *connection as u8,
            deviceId: U256::from(*device),
        }
        .abi_encode(),
        Action::Settle {
            id: voucher,
            period,
            owner,
            root,
            proof,
        } => Escrow::settleCall {
            voucher: id(voucher),
            period: U256::from(*period),
            owner: *owner,
            rootId: U256::from(root.0),
            proof: proof.clone(),
        }
        .abi_encode(),
        Action::ReportMalfunction {
            id: voucher,
            evidence,
        } => Escrow::reportMalfunctionCall {
            voucher: id(voucher),
            evidenceHash: *evidence,
        }
        .abi_encode(),
        Action::ContestMalfunction {
            id: voucher,
            evidence,
        } => Escrow::contestMalfunctionCall {
            voucher: id(voucher),
            evidenceHash: *evidence,
        }
        .abi_encode(),
        Action::DecideMalfunction {
            id: voucher,
            upheld,
            reason,
        } => Escrow::decideMalfunctionCall {
            voucher: id(voucher),
            upheld: *upheld,
            reasonHash: *reason,
        }
        .abi_encode(),
        Action::FinalizeMalfunction { id: voucher } => Escrow::finalizeMalfunctionCall {
            voucher: id(voucher),
        }
        .abi_encode(),
        Action::ClaimStream { id: voucher } => Escrow::claimStreamCall {
            voucher: id(voucher),
        }
        .abi_encode(),
        Action::Disconnect { id: voucher } => Escrow::disconnectCall {
            voucher: id(voucher),
        }
        .abi_encode(),
        Action::NoteRevocation { id } => Escrow::noteRevocationCall {
            licenseId: U256::from(id.0),
        }
        .abi_encode(),
        Action::CloseEscrow { id: voucher } => Escrow::closeCall {
            voucher: id(voucher),
        }
        .abi_encode(),
        _ => return None,
    })
}
