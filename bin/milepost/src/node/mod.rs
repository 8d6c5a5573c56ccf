//! A node: what it is made of and the order in which it starts and stops.
//!
//! Start: journal → lake (replays the journal) → twin → access → listeners. Stop is the reverse: listeners drain
//! first, then ingest finishes what it accepted, the lake writes what it holds, the journal closes last. A kill at
//! any moment loses nothing acknowledged; the next start replays.

mod ops;
mod settings;
mod tls;

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, anyhow, bail};
use async_trait::async_trait;
use axum::{Router, http::Method};
use milepost_access::{AccessService, ContractCallError, ContractSignatures, Keys};
use milepost_api_telemetry::TelemetryApi;
use milepost_chain_core::{ChainSource, Rpc, RpcOptions};
use milepost_http::{Limits, ServerTls};
use milepost_ingest::Ingest;
use milepost_journal::Journal;
use milepost_lake::{Lake, LakeStore};
use milepost_service::{Metrics, Secret, Shutdown};
use milepost_signals::SignalStore;
use milepost_twin::Twin;
use milepost_types::{Address, B256, ChainId, Timestamp};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

pub(crate) use settings::{Layout, NodeSettings};
pub(crate) use tls::authority;

/// What the listeners share.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) journal: Journal,
    pub(crate) store: Arc<dyn SignalStore>,
    pub(crate) twin: Twin,
}

/// A running node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) parts: Arc<Parts>,
    pub(crate) devices: SocketAddr,
    pub(crate) apps: SocketAddr,
    pub(crate) ops: SocketAddr,
    shutdown: Shutdown,
}

impl Node {
    /// Starts everything and returns once the listeners accept.
    pub(crate) async fn start(
        settings: NodeSettings,
        insecure_dev: bool,
        metrics: Metrics,
    ) -> Result<Self> {
        settings.check()?;
        let layout = Layout(settings.data_dir.clone());
        let key = data_key(&layout, insecure_dev)?;
        let mut shutdown = Shutdown::default();

        let options = settings.journal.options(key.as_ref().map(|k| *k.expose()));
        let (journal, recovery) =
            Journal::open(layout.journal(), options).context("open the journal")?;
        tracing::info!(?recovery, "journal open");
        let closing = journal.clone();
        shutdown.add("journal", async move { closing.close().await });

        let lake = start_lake(&settings, &layout, key, &journal).await?;
        let closing = lake.clone();
        shutdown.add("lake", async move {
            if let Err(error) = closing.shutdown().await {
                tracing::error!(%error, "the lake did not write everything; the next start replays it");
            }
        });

        let source: Arc<dyn ChainSource> =
            Arc::new(Rpc::new(&settings.rpc, RpcOptions::default())?);
        let twin = Twin::start(settings.chain.clone(), Arc::clone(&source), &layout.twin())
            .await
            .context("start the twin")?;
        let view = twin.view();
        let chain = ChainId(settings.chain.chain_id);

        let ingest = Ingest::new(
            settings.ingest.clone(),
            Arc::clone(&view),
            journal.clone(),
            chain,
        )?;
        let closing = ingest.clone();
        shutdown.add("ingest", async move { closing.stop().await });

        let keys = Keys::open(&layout.token_keys(), now()).context("open token keys")?;
        let contracts = Arc::new(ChainSignatures(source));
        let access = Arc::new(AccessService::new(
            settings.access.clone(),
            view,
            keys,
            contracts,
        )?);

        let store: Arc<dyn SignalStore> = Arc::new(lake);
        let parts = Arc::new(Parts {
            journal,
            store: Arc::clone(&store),
            twin,
        });
        let stopping = Arc::clone(&parts);
        shutdown.add("twin", async move { stopping.twin.stop().await });

        let limits = Limits {
            connections_max: settings.listen.connections_max,
            ..Limits::default()
        };
        let tls = tls::tls(&settings.tls, &layout)?;
        let clock: milepost_api_access::Clock = Arc::new(now);
        let telemetry = TelemetryApi::new(
            store,
            Arc::clone(&access) as _,
            Arc::clone(&clock),
            settings.telemetry,
        )
        .map_err(|reason| anyhow!("GraphQL schema: {reason}"))?;
        let apps = milepost_api_access::router(access, Arc::clone(&clock))
            .merge(milepost_api_telemetry::router(Arc::new(telemetry)).layer(browsers()));
        let apps_tls = (!insecure_dev).then_some(tls.apps);
        let mut listeners = Listeners {
            limits,
            shutdown: &mut shutdown,
        };
        let ops = listeners
            .add(
                "ops",
                settings.listen.ops,
                None,
                ops::router(Arc::clone(&parts), metrics.clone()),
            )
            .await?;
        let apps = listeners
            .add("apps", settings.listen.apps, apps_tls, apps)
            .await?;
        let devices = milepost_api_ingest::router(ingest, settings.ingest_api, Arc::clone(&clock));
        let devices = listeners
            .add(
                "devices",
                settings.listen.devices,
                Some(tls.devices),
                devices,
            )
            .await?;
        shutdown.add("metrics", upkeep(metrics));
        Ok(Self {
            parts,
            devices,
            apps,
            ops,
            shutdown,
        })
    }

    /// Stops in order: what was accepted is stored, what is stored is written.
    pub(crate) async fn stop(self) {
        drop(self.parts);
        self.shutdown.run().await;
    }
}

/// Web apps of any origin may query: answers depend on bearer tokens, never on cookies.
fn browsers() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
}

async fn start_lake(
    settings: &NodeSettings,
    layout: &Layout,
    key: Option<Secret>,
    journal: &Journal,
) -> Result<Lake> {
    let store = LakeStore {
        dir: layout.lake(),
        key,
    };
    Lake::start(settings.lake.clone(), store, journal.clone())
        .await
        .context("start the lake")
}

/// The key of everything at rest. A store keeps the mode it was created in: mixing would leave half of it readable.
fn data_key(layout: &Layout, insecure_dev: bool) -> Result<Option<Secret>> {
    std::fs::create_dir_all(&layout.0)?;
    let (mark, key) = (layout.plain_mark(), layout.data_key());
    match (insecure_dev, mark.exists(), key.exists()) {
        (true, _, true) => bail!(
            "{} is encrypted: run without --insecure-dev",
            layout.0.display()
        ),
        (false, true, _) => bail!(
            "{} was created with --insecure-dev and is not encrypted (D1-39)",
            layout.0.display()
        ),
        (true, _, false) => {
            tracing::warn!(
                "--insecure-dev: data at rest is not encrypted and apps are served without TLS"
            );
            std::fs::write(&mark, "created with --insecure-dev\n")?;
            Ok(None)
        }
        (false, false, _) => Ok(Some(Secret::load_or_create(&key)?)),
    }
}

/// Key a stopped node's stores are read with.
pub(crate) fn existing_key(data_dir: &Path) -> Result<Option<Secret>> {
    let layout = Layout(data_dir.to_owned());
    if layout.plain_mark().exists() {
        return Ok(None);
    }
    if !layout.data_key().exists() {
        bail!("{} holds no node data", data_dir.display());
    }
    Ok(Some(Secret::load_or_create(&layout.data_key())?))
}

struct Listeners<'a> {
    limits: Limits,
    shutdown: &'a mut Shutdown,
}

impl Listeners<'_> {
    async fn add(
        &mut self,
        name: &'static str,
        address: SocketAddr,
        tls: Option<ServerTls>,
        router: Router,
    ) -> Result<SocketAddr> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("listen.{name}: bind {address}"))?;
        let bound = listener.local_addr()?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(milepost_http::serve(
            listener,
            tls,
            router,
            self.limits,
            stop.clone(),
        ));
        self.shutdown.add(name, async move {
            stop.cancel();
            match task.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(listener = name, %error, "listener failed"),
                Err(error) => tracing::error!(listener = name, %error, "listener task failed"),
            }
        });
        tracing::info!(listener = name, address = %bound, "listening");
        Ok(bound)
    }
}

/// Folds metrics while the node runs; stopping it stops nothing else.
fn upkeep(metrics: Metrics) -> impl Future<Output = ()> + Send + 'static {
    let task = tokio::spawn(async move {
        let mut interval = tokio::time::interval(Duration::from_secs(5));
        loop {
            interval.tick().await;
            metrics.upkeep();
        }
    });
    async move { task.abort() }
}

/// Contract accounts are asked on the chain.
#[derive(Debug)]
struct ChainSignatures(Arc<dyn ChainSource>);

/// `isValidSignature` of a multi-signature wallet takes about 100,000.
const SIGNATURE_GAS_MAX: u64 = 2_000_000;

#[async_trait]
impl ContractSignatures for ChainSignatures {
    async fn is_valid(
        &self,
        account: Address,
        digest: B256,
        signature: &[u8],
    ) -> Result<bool, ContractCallError> {
        milepost_chain_core::is_valid_signature(
            &*self.0,
            account,
            digest,
            signature,
            SIGNATURE_GAS_MAX,
        )
        .await
        .map_err(|error| ContractCallError {
            context: format!("isValidSignature at {account}"),
            source: Some(Box::new(error)),
        })
    }
}

/// The wall clock, read in one place.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::EPOCH.saturating_add_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use milepost_http::RouteRule;

    use super::*;

    #[test]
    fn every_route_has_a_rule() {
        let apis = [
            milepost_api_ingest::ROUTES,
            milepost_api_access::ROUTES,
            milepost_api_telemetry::ROUTES,
        ];
        let rules = [apis.concat(), ops::ROUTES.to_vec()].concat();
        assert!(rules.len() > 10);
        assert_eq!(
            milepost_http::routes_without_rule(&rules),
            Vec::<&RouteRule>::new()
        );
    }

    #[test]
    fn d1_39_a_plain_store_is_refused_outside_development() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout(dir.path().join("node"));
        assert!(data_key(&layout, true).unwrap().is_none());
        assert!(
            data_key(&layout, false)
                .unwrap_err()
                .to_string()
                .contains("not encrypted")
        );
    }

    #[test]
    fn an_encrypted_store_is_not_opened_as_a_plain_one() {
        let dir = tempfile::tempdir().unwrap();
        let layout = Layout(dir.path().join("node"));
        assert!(data_key(&layout, false).unwrap().is_some());
        assert!(data_key(&layout, true).is_err());
    }
}
