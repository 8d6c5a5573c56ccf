//! apply(rollback(apply)) = apply, in memory and in the file, for random histories.

use proptest::prelude::*;

use super::{Index, decoder, header, logs, logs::*, settings};
use crate::{index::Applied, repo::Repo, state::State};

/// A random event over few ids, so that events meet; the order need not make sense.
fn event() -> impl Strategy<Value = Emitted> {
    (0u8..38, 1u64..4, 1u64..4, 1u8..4, 1u8..4).prop_map(|(kind, a, b, p, q)| {
        let (a, b, p, q) = (id(a), id(b), who(p), who(q));
        let nfts = [
            VEHICLE,
            AFTERMARKET,
            SYNTHETIC,
            MANUFACTURER,
            CONNECTIONS,
            DEV_LICENSE,
            PROVIDER,
        ];
        let nft = nfts[usize::from(kind) % nfts.len()];
        match kind {
            0..=6 => mint(nft, p, a),
            7..=9 => transfer(nft, p, q, a),
            10..=11 => burn(nft, p, a),
            12 => by(
                REGISTRY,
                Registry::VehicleNodeMintedWithDeviceDefinition {
                    manufacturerId: b,
                    vehicleId: a,
                    owner: p,
                    ddId: "dd".into(),
                },
            ),
            13 => by(
                REGISTRY,
                Registry::VehicleAttributeSet {
                    tokenId: a,
                    attribute: format!("A{b}"),
                    info: if p == q { String::new() } else { "x".into() },
                },
            ),
            14 => by(
                REGISTRY,
                Registry::AftermarketDeviceNodeMinted {
                    manufacturerId: b,
                    tokenId: a,
                    device: q,
                    owner: p,
                },
            ),
            15 => by(
                REGISTRY,
                Registry::AftermarketDeviceClaimed { node: a, owner: p },
            ),
            16 => by(
                REGISTRY,
                Registry::AftermarketDevicePaired {
                    node: a,
                    vehicle: b,
                    owner: p,
                },
            ),
            17 => by(
                REGISTRY,
                Registry::AftermarketDeviceUnpaired {
                    node: a,
                    vehicle: b,
                    owner: p,
                },
            ),
            18 => by(
                REGISTRY,
                Registry::AftermarketDeviceAddressReset {
                    manufacturerId: b,
                    tokenId: a,
                    device: q,
                },
            ),
            19 => by(
                REGISTRY,
                Registry::SyntheticDeviceNodeMinted {
                    connectionId: b,
                    node: a,
                    vehicle: b,
                    device: q,
                    owner: p,
                },
            ),
            20 => by(
                STANDING,
                Standing::DeviceBanned {
                    device: q,
                    reasonHash: milepost_types::B256::ZERO,
                },
            ),
            21 => by(
                STANDING,
                Standing::DeviceUnbanned {
                    device: q,
                    reasonHash: milepost_types::B256::ZERO,
                },
            ),
            22 => by(
                SACD,
                Sacd::PermissionsSet {
                    asset: VEHICLE,
                    tokenId: a,
                    permissions: b,
                    grantee: p,
                    expiration: b,
                    templateId: a,
                    source: "s".into(),
                },
            ),
            23 => by(
                SACD,
                Sacd::PermissionsRenounced {
                    asset: VEHICLE,
                    tokenId: a,
                    grantee: p,
                },
            ),
            24 => by(PROVIDER, Provider::StakeTokens { user: p, amount: a }),
            25 => by(
                PROVIDER,
                Provider::StakeSlashed {
                    holder: p,
                    amount: b,
                    recipient: q,
                    reasonHash: milepost_types::B256::ZERO,
                },
            ),
            26 => by(
                DEV_LICENSE,
                DevLicense::SignerEnabled {
                    tokenId: a,
                    signer: q,
                },
            ),
            28 => applied(a, if p == q { 1 } else { 3 }, p),
            29..=30 => state(a, if p == q { 4 } else { 3 }),
            31 => by(
                BOOK,
                Book::LicenseReassigned {
                    id: a,
                    from: p,
                    to: q,
                    actor: p,
                    reasonHash: milepost_types::B256::ZERO,
                },
            ),
            32 => by(
                BOOK,
                Book::LicenseTermsChanged {
                    id: a,
                    users: b,
                    units: b,
                    class: 0,
                    raised: b,
                    baseAtApproval: a,
                    graceUntil: b,
                    graceRequirement: a,
                },
            ),
            33 => stakes(a, [b, a, b], 5),
            34 => owes(if p == q { COURT } else { OTHER_COURT }, p, b),
            35 => pays(
                COURT,
                p,
                if p == q {
                    milepost_types::U256::ZERO
                } else {
                    b
                },
            ),
            36 => set("stake.provider", b),
            37 => by(
                BOOK,
                Book::CourtSet {
                    court: if p == q { COURT } else { OTHER_COURT },
                },
            ),
            _ => by(
                DEV_LICENSE,
                DevLicense::Issued {
                    tokenId: a,
                    owner: p,
                    clientId: q,
                },
            ),
        }
    })
}

fn history() -> impl Strategy<Value = Vec<Vec<Emitted>>> {
    prop::collection::vec(prop::collection::vec(event(), 0..8), 1..14)
}

fn apply_all(state: &mut State, first: u64, blocks: &[Vec<Emitted>]) -> Vec<Applied> {
    let decoder = decoder();
    let blocks = blocks.iter().zip(first..);
    blocks
        .map(|(events, number)| {
            let header = header(number);
            decoder
                .apply(
                    state,
                    &header,
                    &logs::chain_logs(number, header.hash, events),
                )
                .unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn taking_blocks_back_and_applying_them_again_is_the_identity(blocks in history(), cut in any::<prop::sample::Index>()) {
        let keep = cut.index(blocks.len());
        let mut state = State::default();
        apply_all(&mut state, 1, &blocks[..keep]);
        let before = state.clone();
        let applied = apply_all(&mut state, keep as u64 + 1, &blocks[keep..]);
        let after = state.clone();
        for block in applied.iter().rev() {
            state.undo(&block.changes, block.before).unwrap();
        }
        prop_assert_eq!(&state, &before);
        apply_all(&mut state, keep as u64 + 1, &blocks[keep..]);
        prop_assert_eq!(&state, &after);
    }

    #[test]
    fn look_ups_follow_from_the_rows_alone(blocks in history()) {
        let mut index = Index::new();
        for events in &blocks {
            index.block(events);
        }
        let state = index.state();
        let mut rebuilt = State { head: state.head, ..State::default() };
        for table in crate::rows::Table::ALL {
            for row in state.tables.dump(*table) {
                rebuilt.restore(*table, &row[..table.key_columns().len()], Some(&row)).unwrap();
            }
        }
        prop_assert_eq!(rebuilt, state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_file_follows_the_memory_through_forks(
        trunk in history(),
        losing in history(),
        winning in history(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pool = milepost_sql::open_in_memory().await.unwrap();
            let repo = Repo::new(pool, &settings().fingerprint(), 1).await.unwrap();
            let mut state = State::default();
            let window = 64;
            repo.commit(&apply_all(&mut state, 1, &trunk), 0, window).await.unwrap();
            let fork = trunk.len() as u64;
            let at_fork = state.clone();
            let lost = apply_all(&mut state, fork + 1, &losing);
            repo.commit(&lost, 0, window).await.unwrap();
            assert_eq!(repo.load(super::CHAIN).await.unwrap().0, state);
            for undo in repo.roll_back(fork).await.unwrap() {
                state.restore(undo.table, &undo.key, undo.before.as_deref()).unwrap();
            }
            state.head = at_fork.head;
            assert_eq!(state, at_fork);
            assert_eq!(repo.load(super::CHAIN).await.unwrap().0, at_fork);
            let won = apply_all(&mut state, fork + 1, &winning);
            repo.commit(&won, 0, window).await.unwrap();
            assert_eq!(repo.load(super::CHAIN).await.unwrap().0, state);
        });
    }
}
