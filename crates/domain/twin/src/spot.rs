//! Rows against the contracts' own views, read at the block the index is at.

use alloy_sol_types::{SolCall, sol};
use milepost_chain_core::{ChainError, ChainSource, ContractCall};
use milepost_types::{Address, U256};

use crate::{
    TwinError, TwinReport, TwinSettings, role::Role, rows::Row as _, standing::is_licensed,
    state::State,
};

sol! {
    #[derive(Debug)]
    struct PermissionRecord { uint256 permissions; uint256 expiration; string source; uint256 templateId; }
    function ownerOf(uint256 tokenId) external view returns (address);
    function getLink(address idProxyAddress, uint256 tokenId) external view returns (uint256);
    function getNodeLink(address source, address target, uint256 tokenId) external view returns (uint256);
    function tokenIdToVersion(address asset, uint256 tokenId) external view returns (uint256);
    function isAftermarketDeviceClaimed(uint256 nodeId) external view returns (bool);
    function isSyntheticDeviceConsentRequired(uint256 nodeId) external view returns (bool);
    function currentPermissionRecord(address asset, uint256 tokenId, address grantee) external view returns (PermissionRecord);
    function accountPermissionRecords(address grantor, address grantee) external view returns (PermissionRecord);
    function isLicensed(address holder) external view returns (bool);
    function isBanned(address device) external view returns (bool);
    function getSignerExpiration(uint256 tokenId, address signer) external view returns (uint256);
}

struct Asker<'a> {
    source: &'a dyn ChainSource,
    block: Option<u64>,
    samples_max: usize,
    report: &'a mut TwinReport,
}

impl Asker<'_> {
    /// Compares one answer; a revert where the row expects an answer is a difference only for `ownerOf`, because
    /// older contracts lack some of the other views.
    async fn expect<C: SolCall>(
        &mut self,
        to: Address,
        call: C,
        what: impl FnOnce() -> String,
        fits: impl FnOnce(&C::Return) -> bool,
    ) -> Result<(), TwinError>
    where
        C::Return: std::fmt::Debug,
    {
        if to.is_zero() {
            return Ok(());
        }
        let call = ContractCall {
            block: self.block,
            ..ContractCall::latest(to, call.abi_encode())
        };
        let answer = match self.source.call(call).await {
            Ok(answer) => answer,
            Err(ChainError::Reverted { reason, .. }) if C::SIGNATURE == ownerOfCall::SIGNATURE => {
                self.report
                    .spot(Err(format!("{}: the contract says {reason}", what())));
                return Ok(());
            }
            Err(ChainError::Reverted { .. } | ChainError::Rpc { .. }) => {
                self.report.spot_unanswered += 1;
                return Ok(());
            }
            Err(other) => return Err(other.into()),
        };
        match C::abi_decode_returns(&answer) {
            Ok(value) if fits(&value) => self.report.spot(Ok(())),
            Ok(value) => self
                .report
                .spot(Err(format!("{}: the contract says {value:?}", what()))),
            Err(_) => self.report.spot_unanswered += 1,
        }
        Ok(())
    }

    /// Evenly spread rows, at most `samples_max`.
    fn sample<'r, T>(&self, rows: impl ExactSizeIterator<Item = &'r T>) -> Vec<&'r T> {
        let step = rows.len().div_ceil(self.samples_max.max(1)).max(1);
        rows.step_by(step).collect()
    }
}

pub(crate) async fn check(
    settings: &TwinSettings,
    source: &dyn ChainSource,
    state: &State,
    block: u64,
    samples_max: usize,
    report: &mut TwinReport,
) -> Result<(), TwinError> {
    // Endpoints without history answer for the latest block only.
    let block = (source.head().await?.number > block).then_some(block);
    let mut asker = Asker {
        source,
        block,
        samples_max,
        report,
    };
    vehicles(settings, state, &mut asker).await?;
    devices(settings, state, &mut asker).await?;
    grants(settings, state, &mut asker).await?;
    licenses(settings, state, &mut asker).await
}

async fn vehicles(
    settings: &TwinSettings,
    state: &State,
    asker: &mut Asker<'_>,
) -> Result<(), TwinError> {
    let nft = settings.contract(Role::Vehicle);
    let registry = settings.contract(Role::Registry);
    let (sacd, synthetic) = (
        settings.contract(Role::Sacd),
        settings.contract(Role::SyntheticDevice),
    );
    for row in asker.sample(state.tables.vehicles.values()) {
        let token = row.token;
        let what = |part: &'static str| move || format!("vehicle {token} {part}");
        asker
            .expect(
                nft,
                ownerOfCall { tokenId: token },
                what("owner"),
                |owner| *owner == row.owner,
            )
            .await?;
        let paired = state
            .indexes
            .aftermarket_of(token)
            .next()
            .unwrap_or_default();
        let call = getLinkCall {
            idProxyAddress: nft,
            tokenId: token,
        };
        asker
            .expect(registry, call, what("aftermarket device"), |linked| {
                *linked == paired
            })
            .await?;
        let connected = state.indexes.synthetic_of(token).next().unwrap_or_default();
        let call = getNodeLinkCall {
            source: nft,
            target: synthetic,
            tokenId: token,
        };
        asker
            .expect(registry, call, what("synthetic device"), |linked| {
                *linked == connected
            })
            .await?;
        let version = state
            .tables
            .asset_versions
            .get(&(nft, token))
            .map_or(0, |v| v.version);
        let call = tokenIdToVersionCall {
            asset: nft,
            tokenId: token,
        };
        asker
            .expect(sacd, call, what("version"), |v| *v == U256::from(version))
            .await?;
    }
    Ok(())
}

async fn devices(
    settings: &TwinSettings,
    state: &State,
    asker: &mut Asker<'_>,
) -> Result<(), TwinError> {
    let registry = settings.contract(Role::Registry);
    let nft = settings.contract(Role::AftermarketDevice);
    for row in asker.sample(state.tables.aftermarket_devices.values()) {
        let token = row.token;
        let what = |part: &'static str| move || format!("aftermarket device {token} {part}");
        asker
            .expect(
                nft,
                ownerOfCall { tokenId: token },
                what("owner"),
                |owner| *owner == row.owner,
            )
            .await?;
        let claimed = row.claimed_at.is_some();
        let call = isAftermarketDeviceClaimedCall { nodeId: token };
        asker
            .expect(registry, call, what("claimed"), |c| *c == claimed)
            .await?;
        let call = getLinkCall {
            idProxyAddress: nft,
            tokenId: token,
        };
        asker
            .expect(registry, call, what("vehicle"), |v| {
                *v == row.vehicle.unwrap_or_default()
            })
            .await?;
    }
    let nft = settings.contract(Role::SyntheticDevice);
    for row in asker.sample(state.tables.synthetic_devices.values()) {
        let token = row.token;
        let what = |part: &'static str| move || format!("synthetic device {token} {part}");
        asker
            .expect(
                nft,
                ownerOfCall { tokenId: token },
                what("owner"),
                |owner| *owner == row.owner,
            )
            .await?;
        let call = isSyntheticDeviceConsentRequiredCall { nodeId: token };
        asker
            .expect(registry, call, what("consent"), |required| {
                *required == row.consent_required
            })
            .await?;
    }
    let standing = settings.contract(Role::DeviceStanding);
    for row in asker.sample(state.tables.banned_devices.values()) {
        let device = row.device;
        asker
            .expect(
                standing,
                isBannedCall { device },
                || format!("ban of {device}"),
                |banned| *banned,
            )
            .await?;
    }
    Ok(())
}

async fn grants(
    settings: &TwinSettings,
    state: &State,
    asker: &mut Asker<'_>,
) -> Result<(), TwinError> {
    let sacd = settings.contract(Role::Sacd);
    for row in asker.sample(state.tables.grants.values()) {
        let current = state
            .tables
            .asset_versions
            .get(&(row.asset, row.token))
            .map_or(0, |v| v.version);
        if row.version != current {
            continue;
        }
        let what = || format!("grant {:?}", row.key());
        let fits = |found: &PermissionRecord| {
            found.permissions == row.permissions
                && crate::value::clamp(found.expiration) == row.expires_at
                && found.templateId == row.template
                && found.source == row.source
        };
        let (asset, token, grantee) = (row.asset, row.token, row.grantee);
        if token.is_zero() {
            asker
                .expect(
                    sacd,
                    accountPermissionRecordsCall {
                        grantor: asset,
                        grantee,
                    },
                    what,
                    fits,
                )
                .await?;
        } else {
            asker
                .expect(
                    sacd,
                    currentPermissionRecordCall {
                        asset,
                        tokenId: token,
                        grantee,
                    },
                    what,
                    fits,
                )
                .await?;
        }
    }
    Ok(())
}

async fn licenses(
    settings: &TwinSettings,
    state: &State,
    asker: &mut Asker<'_>,
) -> Result<(), TwinError> {
    // A network has one of the two.
    let provider = [Role::LicenseBook, Role::IntegrationLicense]
        .map(|role| settings.contract(role))
        .into_iter()
        .find(|address| !address.is_zero())
        .unwrap_or_default();
    let mut holders: Vec<Address> = state
        .tables
        .provider_stakes
        .values()
        .map(|row| row.holder)
        .collect();
    holders.extend(
        state
            .tables
            .provider_licenses
            .values()
            .map(|row| row.holder),
    );
    holders.extend(state.tables.licenses.values().map(|row| row.holder));
    holders.sort_unstable();
    holders.dedup();
    for holder in asker.sample(holders.iter()) {
        let expected = is_licensed(state, *holder);
        let call = isLicensedCall { holder: *holder };
        asker
            .expect(
                provider,
                call,
                || format!("licence of {holder}"),
                |found| *found == expected,
            )
            .await?;
    }
    let developer = settings.contract(Role::DevLicense);
    for row in asker.sample(state.tables.developer_licenses.values()) {
        let call = ownerOfCall { tokenId: row.token };
        let what = || format!("developer licence {} owner", row.token);
        asker
            .expect(developer, call, what, |owner| *owner == row.owner)
            .await?;
    }
    for row in asker.sample(state.tables.developer_signers.values()) {
        let call = getSignerExpirationCall {
            tokenId: row.token,
            signer: row.signer,
        };
        let what = || format!("signer {} of developer licence {}", row.signer, row.token);
        asker
            .expect(developer, call, what, |end| {
                crate::value::clamp(*end) == row.expires_at
            })
            .await?;
    }
    for row in asker.sample(state.tables.connections.values()) {
        let call = ownerOfCall { tokenId: row.token };
        let what = || format!("connection {} owner", row.name);
        asker
            .expect(settings.contract(Role::Connections), call, what, |owner| {
                *owner == row.owner
            })
            .await?;
    }
    Ok(())
}
