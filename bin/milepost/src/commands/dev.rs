//! `milepost dev`: chain, contracts, node and a demo fleet in one process.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use milepost_chain_core::{
    Account, ChainSource as _, DeployParams, Deployment, DevChain, DevChainOptions, Network, deploy,
};
use milepost_drives::Fleet;
use milepost_service::Metrics;
use milepost_twin::{ContractAt, Role, TwinSettings};
use milepost_types::{Address, U256, Wei, parse_address};
use tokio_util::sync::CancellationToken;

use crate::{
    cli::DevArgs,
    client::AppClient,
    commands::{fleet, token::DEMO_PERMISSIONS},
    demo::registrar::{Registrar, account, lock, shown, wait_for_block},
    dev_file::{App, Connection, DevFile, Endpoints, Vehicle},
    node::{self, Layout, Node, NodeSettings, now},
};

/// Accounts that act in the demo; each has coin for gas.
const ACCOUNTS: [&str; 7] = [
    "admin",
    "team",
    "maker",
    "owner",
    "developer",
    "challenger",
    "stranger",
];
/// `$DIMO` of those who buy vouchers, stake or challenge in the demo.
const PURSES: [(&str, u64); 3] = [
    ("maker", 10_000),
    ("developer", 100_000),
    ("challenger", 20_000),
];
/// Where the demo app says it runs.
const APP_DOMAIN: &str = "http://localhost:3000/callback";
/// Seed of the demo fleet.
const FLEET_SEED: u64 = 1;

pub(crate) async fn run(args: DevArgs, metrics: Metrics) -> Result<()> {
    let stop = milepost_service::stop_on_signal()?;
    fs::create_dir_all(&args.data_dir)
        .with_context(|| format!("create {}", args.data_dir.display()))?;
    let data_dir = args.data_dir.canonicalize()?;
    // Before the chain: a second start would take the first one's chain for an orphan and stop it.
    let _running = only_one(&data_dir)?;
    let file = data_dir.join("dev.json");
    let chain = start_chain(&args, &data_dir).await?;
    let (network, first_block) = contracts(&chain).await?;
    let settings = node_settings(&args, &data_dir, &chain, network.deployment(), first_block)?;
    let settings_file = data_dir.join("node.toml");
    fs::write(&settings_file, settings.to_toml()?)?;
    let dev = demo(&args, &network, &settings, &data_dir).await?;
    if args.no_node {
        dev.write(&file)?;
        say_no_node(&settings_file);
        stop.cancelled().await;
    } else {
        let head = network.rpc().head().await?.number;
        drop(network);
        with_node(&args, settings, dev, &file, head, metrics, &stop).await?;
    }
    chain.stop().await.context("stop the chain")
}

/// Holds the data directory for this process.
fn only_one(data_dir: &Path) -> Result<fs::File> {
    let path = data_dir.join("running.lock");
    let lock = fs::File::create(&path).with_context(|| format!("create {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => {
            bail!("{} is in use by another milepost dev", data_dir.display())
        }
        Err(fs::TryLockError::Error(error)) => Err(error).context("lock the data directory"),
    }
}

async fn start_chain(args: &DevArgs, data_dir: &Path) -> Result<DevChain> {
    let options = DevChainOptions {
        anvil: args.anvil.clone(),
        port: args.rpc_port,
        state: Some(data_dir.join("chain/state.json")),
        ..DevChainOptions::default()
    };
    DevChain::start(options)
        .await
        .context("start the development chain")
}

/// Deploys, or finds everything in place on a later start. Returns the first block to index too.
async fn contracts(chain: &DevChain) -> Result<(Network, u64)> {
    let rpc = chain.rpc();
    let admin = account("admin")?;
    for name in ACCOUNTS {
        // 1,000 coins: a demo spends less than one.
        let coins = U256::from(10u64).pow(U256::from(21));
        chain.set_balance(account(name)?.address(), coins).await?;
    }
    let deployment = deploy(&rpc, &admin, &DeployParams::default())
        .await
        .context("deploy the contracts")?;
    tracing::info!(
        contracts = deployment.contracts.len(),
        "contracts are in place"
    );
    Ok((Network::connect(rpc, deployment).await?, 1))
}

fn node_settings(
    args: &DevArgs,
    data_dir: &Path,
    chain: &DevChain,
    deployment: &Deployment,
    from_block: u64,
) -> Result<NodeSettings> {
    let at = |address: Address| {
        vec![ContractAt {
            address,
            from_block,
        }]
    };
    let roles = [
        (Role::Registry, deployment.registry()?),
        (Role::Vehicle, deployment.vehicle()?),
        (Role::Manufacturer, deployment.manufacturer()?),
        (Role::AftermarketDevice, deployment.aftermarket_device()?),
        (Role::SyntheticDevice, deployment.synthetic_device()?),
        (Role::Sacd, deployment.sacd()?),
        (Role::Template, deployment.template()?),
        (Role::DevLicense, deployment.dev_license()?),
        (Role::LicenseBook, deployment.license_book()?),
        (Role::StakeVault, deployment.stake_vault()?),
        (Role::Court, deployment.court()?),
        (Role::Parameters, deployment.parameters()?),
        (Role::UsdPeg, deployment.usd_peg()?),
        (Role::Connections, deployment.connections()?),
        (Role::StorageNode, deployment.storage_node()?),
        (Role::DeviceStanding, deployment.device_standing()?),
        (Role::Token, deployment.token()?),
    ];
    let roles = roles
        .into_iter()
        .map(|(role, address)| (role, at(address)))
        .collect();
    let mut settings = NodeSettings {
        data_dir: data_dir.join("node"),
        rpc: chain.url().to_owned(),
        chain: TwinSettings::new(deployment.chain_id, roles),
        ..NodeSettings::default()
    };
    settings.listen.devices = loopback(args.ingest_port)?;
    settings.listen.apps = loopback(args.api_port)?;
    settings.listen.ops = loopback(args.ops_port)?;
    settings.access.issuer = format!("http://{}", settings.listen.apps);
    settings.access.vehicle_token_secs = args.vehicle_token_secs;
    // Tests fill disks of CI machines; a laptop's last gigabyte is the laptop's.
    settings.journal.reserve_bytes = 256 << 20;
    Ok(settings)
}

/// The port asked for, or for 0 one that is free now.
fn loopback(port: u16) -> Result<SocketAddr> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    if port != 0 {
        return Ok(address);
    }
    Ok(TcpListener::bind(address)?.local_addr()?)
}

/// The team, and tokens for those who have none to spend. What is in place stays as it is.
async fn officers(network: &Network, admin: &Account) -> Result<()> {
    // After a handover only a vote appoints; the network runs without a team too.
    if let Err(error) = network.appoint(admin, account("team")?.address()).await {
        tracing::warn!(%error, "the demo team is not appointed");
    }
    let one = U256::from(10u64).pow(U256::from(18));
    for (name, tokens) in PURSES {
        let holder = account(name)?.address();
        if network.dimo_balance(holder).await? != Wei::default() {
            continue;
        }
        network
            .mint_dimo(admin, holder, Wei(U256::from(tokens) * one))
            .await
            .with_context(|| format!("give {name} tokens"))?;
    }
    Ok(())
}

/// Licences, the demo app, its connection, and the fleet's vehicles.
async fn demo(
    args: &DevArgs,
    network: &Network,
    settings: &NodeSettings,
    data_dir: &Path,
) -> Result<DevFile> {
    let file = data_dir.join("dev.json");
    let known = DevFile::read(&file).ok();
    let (admin, maker) = (account("admin")?, account("maker")?);
    network
        .license_provider(&admin, &maker)
        .await
        .context("license the demo maker")?;
    officers(network, &admin).await?;
    let app = demo_app(network, known.as_ref())
        .await
        .context("license the demo app")?;
    let client_id = parse_address(&app.client_id)?;
    let connection = connection(network, &admin, &maker, settings).await?;
    let registrar = Registrar::new(
        Network::connect(network.rpc().clone(), network.deployment().clone()).await?,
        client_id,
        &file,
    )
    .await?;
    let mut vehicles: Vec<Vehicle> = known.map(|k| k.vehicles).unwrap_or_default();
    let names: Vec<String> = Fleet::new(args.vehicles, FLEET_SEED, now())
        .vehicles()
        .into_iter()
        .map(|v| v.vehicle_key)
        .collect();
    vehicles.extend(
        registrar
            .register(&names, &vehicles)
            .await
            .context("register the demo fleet")?,
    );
    let api = format!("http://{}", settings.listen.apps);
    let contracts = network
        .deployment()
        .contracts
        .iter()
        .map(|(n, a)| (n.clone(), a.to_string()))
        .collect();
    let accounts = ACCOUNTS
        .into_iter()
        .map(|name| Ok((name.to_owned(), shown(&account(name)?))))
        .collect::<Result<_>>()?;
    Ok(DevFile {
        chain_id: network.deployment().chain_id,
        rpc: settings.rpc.clone(),
        contracts,
        endpoints: Endpoints {
            ingest: format!("https://{}/v1/ingest", settings.listen.devices),
            graphql: format!("{api}/query"),
            exchange: format!("{api}/v1/tokens/exchange"),
            jwks: format!("{api}/keys"),
            ops: format!("http://{}", settings.listen.ops),
            api,
        },
        authority_pem: node::authority(&Layout(settings.data_dir.clone()))?
            .identity()
            .certificate_pem
            .clone(),
        accounts,
        app,
        connection,
        vehicles,
        token: String::new(),
        data_dir: data_dir.to_owned(),
    })
}

async fn demo_app(network: &Network, known: Option<&DevFile>) -> Result<App> {
    if let Some(known) = known
        && network
            .rpc()
            .has_code(parse_address(&known.app.client_id)?)
            .await?
    {
        return Ok(known.app.clone());
    }
    let (admin, developer, signer) = (
        account("admin")?,
        account("developer")?,
        account("app signer")?,
    );
    let cost = network.developer_license_cost().await?;
    network.mint_dimo(&admin, developer.address(), cost).await?;
    let license = network
        .issue_developer_license(&developer, "milepost-demo")
        .await?;
    network
        .enable_signer(&developer, license.token, signer.address())
        .await?;
    network
        .set_redirect_uri(&developer, license.token, APP_DOMAIN, true)
        .await?;
    Ok(App {
        client_id: license.client_id.to_string(),
        license_token: license.token.to_string(),
        domain: APP_DOMAIN.to_owned(),
        signer: shown(&signer),
    })
}

/// The demo maker's own connection, with a client certificate of the node's authority.
async fn connection(
    network: &Network,
    admin: &Account,
    maker: &Account,
    settings: &NodeSettings,
) -> Result<Connection> {
    let address = account("connection")?.address();
    let id = match network.connection_of(address).await? {
        Some(id) => id,
        None => {
            network
                .mint_connection(admin, maker.address(), "milepost-demo-cloud", address)
                .await?
        }
    };
    let authority = node::authority(&Layout(settings.data_dir.clone()))?;
    let identity = authority.issue_client(&address.to_string())?;
    Ok(Connection {
        address: address.to_string(),
        token: id.to_string(),
        certificate_pem: identity.certificate_pem,
        key_pem: identity.key_pem,
    })
}

async fn with_node(
    args: &DevArgs,
    settings: NodeSettings,
    mut dev: DevFile,
    file: &Path,
    head: u64,
    metrics: Metrics,
    stop: &CancellationToken,
) -> Result<()> {
    let node = Node::start(settings, true, metrics)
        .await
        .context("start the node")?;
    wait_for_block(&dev.endpoints.ops, head).await?;
    dev.token = token(&dev).await?;
    dev.write(file)?;
    let fleet = async {
        if args.vehicles > 0 {
            let fleet = Fleet::new(args.vehicles, FLEET_SEED, now());
            if let Err(error) = fleet::drive(fleet, file, "", true, stop).await {
                tracing::error!(error = format!("{error:#}"), "the demo fleet stopped");
            }
        }
    };
    say(&dev, file);
    let renewal = keep_token_good(file, args.vehicle_token_secs, stop);
    tokio::join!(fleet, renewal, stop.cancelled());
    tracing::info!("stopping: everything accepted is written first");
    node.stop().await;
    Ok(())
}

/// A token for the first vehicle; empty while there is none.
async fn token(dev: &DevFile) -> Result<String> {
    let Some(vehicle) = dev.vehicles.first() else {
        return Ok(String::new());
    };
    let names: Vec<&str> = DEMO_PERMISSIONS.iter().map(|p| p.name()).collect();
    let app = AppClient::new(dev)?;
    let developer = app.log_in().await.context("log in as the demo app")?;
    app.exchange(&developer, &vehicle.did, &names)
        .await
        .context("exchange a token")
}

/// Renews the token in dev.json at half its life, so that a script that reads the file finds a good one.
async fn keep_token_good(file: &Path, life_secs: u64, stop: &CancellationToken) {
    let pause = Duration::from_secs(life_secs.div_ceil(2));
    while stop
        .run_until_cancelled(tokio::time::sleep(pause))
        .await
        .is_some()
    {
        if let Err(error) = renew(file).await {
            tracing::warn!(
                error = format!("{error:#}"),
                "the token in dev.json was not renewed"
            );
        }
    }
}

async fn renew(file: &Path) -> Result<()> {
    let token = token(&DevFile::read(file)?).await?;
    // A replay may have added vehicles meanwhile.
    let _lock = lock(file).await?;
    let mut dev = DevFile::read(file)?;
    dev.token = token;
    dev.write(file)
}

#[expect(clippy::print_stdout, reason = "tells a person what to try")]
fn say_no_node(settings: &Path) {
    println!("chain and contracts are up; start a node with");
    println!(
        "  milepost node --insecure-dev --config {}",
        settings.display()
    );
}

#[expect(clippy::print_stdout, reason = "tells a person what to try")]
fn say(dev: &DevFile, file: &Path) {
    let endpoints = &dev.endpoints;
    println!(
        "\nMilepost is up. Development network: keys are public, queries are served without TLS.\n"
    );
    println!(
        "  chain        {}  (chain id {}, {} contracts)",
        dev.rpc,
        dev.chain_id,
        dev.contracts.len()
    );
    println!(
        "  devices      {}  (TLS; device signature or client certificate)",
        endpoints.ingest
    );
    println!(
        "  log-in       {}/auth/web3/generate_challenge",
        endpoints.api
    );
    println!("  exchange     {}", endpoints.exchange);
    println!("  queries      {}", endpoints.graphql);
    println!("  operator     {}/status and /metrics", endpoints.ops);
    println!("\n  accounts (development keys, in {})", file.display());
    for (name, account) in &dev.accounts {
        println!("    {name:<10} {}", account.address);
    }
    println!(
        "    {:<10} {}  (developer licence {})",
        "app", dev.app.client_id, dev.app.license_token
    );
    println!("    {:<10} {}", "connection", dev.connection.address);
    println!("\n  {} vehicles:", dev.vehicles.len());
    for vehicle in dev.vehicles.iter().take(5) {
        println!("    {:<12} {}", vehicle.name, vehicle.did);
    }
    let Some(vehicle) = dev.vehicles.first() else {
        println!(
            "\nTry:\n  milepost replay FILE.csv --dev {}\n\nCtrl-C stops everything.",
            file.display()
        );
        return;
    };
    let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("milepost"));
    let program = program.display();
    println!(
        "\n  a token for {} (dev.json always holds a fresh one):\n    {}",
        vehicle.name, dev.token
    );
    println!("\nTry, in another terminal:");
    println!(
        "  1. {program} token {} --dev {}",
        vehicle.token_id,
        file.display()
    );
    println!(
        "  2. curl -s {} -H 'content-type: application/json' -H \"authorization: Bearer $({program} token {} --dev {})\" \\\n       -d '{{\"query\":\"{{ signalsLatest(tokenId: {}) {{ lastSeen speed {{ timestamp value }} }} }}\"}}'",
        endpoints.graphql,
        vehicle.token_id,
        file.display(),
        vehicle.token_id
    );
    println!(
        "  3. {program} simulate-fleet --vehicles 3 --seed 7 --minutes 30 --dev {}",
        file.display()
    );
    println!("\nCtrl-C stops everything; the next start finds the same data.");
}
