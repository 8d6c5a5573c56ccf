//! A chain in memory: no blocks, fees or signatures, only calls at a time.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use revm::context::{BlockEnv, TxEnv};
use revm::context_interface::result::{ExecutionResult, Output};
use revm::database::InMemoryDB;
use revm::handler::{MainnetContext, MainnetEvm};
use revm::primitives::TxKind;
use revm::state::{AccountInfo, Bytecode};
use revm::{Context, ExecuteCommitEvm, ExecuteEvm, MainBuilder, MainContext, SystemCallEvm};

/// Gas of one deployment: the largest contract needs about 6 million.
const DEPLOY_GAS: u64 = 16_000_000;
/// Seconds per block, as on Polygon: block hashes and numbers only matter to the draw of panels.
const BLOCK_SECS: u64 = 2;

/// A call that did not go through, with the data of its revert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revert(pub Bytes);

/// The state of a chain and its clock.
pub struct Chain {
    evm: MainnetEvm<MainnetContext<InMemoryDB>>,
    deployed: u64,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain")
            .field("time", &self.time())
            .finish_non_exhaustive()
    }
}

impl Clone for Chain {
    fn clone(&self) -> Self {
        debug_assert!(
            self.evm.ctx.journaled_state.inner.state.is_empty(),
            "only a saved chain is copied"
        );
        let mut copy = Self::over(
            self.evm.ctx.journaled_state.database.clone(),
            self.evm.ctx.block.clone(),
        );
        copy.deployed = self.deployed;
        copy
    }
}

impl Chain {
    /// An empty chain whose next call happens at `time`.
    #[must_use]
    pub fn new(time: u64) -> Self {
        let mut chain = Self::over(InMemoryDB::default(), BlockEnv::default());
        chain.set_time(time);
        chain
    }

    fn over(database: InMemoryDB, block: BlockEnv) -> Self {
        let evm = Context::mainnet()
            .with_db(database)
            .with_block(block)
            .build_mainnet();
        Self { evm, deployed: 0 }
    }

    /// Time of the next call.
    #[must_use]
    pub fn time(&self) -> u64 {
        self.evm.ctx.block.timestamp.saturating_to()
    }

    /// Moves the clock and the block number with it.
    pub fn set_time(&mut self, time: u64) {
        self.evm.ctx.block.timestamp = U256::from(time);
        self.evm.ctx.block.number = U256::from(time / BLOCK_SECS);
    }

    /// Creates a contract from its creation code with encoded constructor arguments.
    ///
    /// # Panics
    /// When the constructor reverts: the set-up is wrong then, not the history.
    pub fn deploy(&mut self, creation_code: &[u8], arguments: &[u8]) -> Address {
        let caller = Address::with_last_byte(1);
        let tx = TxEnv {
            caller,
            gas_limit: DEPLOY_GAS,
            kind: TxKind::Create,
            data: [creation_code, arguments].concat().into(),
            nonce: self.deployed,
            ..TxEnv::default()
        };
        self.deployed += 1;
        match self
            .evm
            .transact_commit(tx)
            .expect("the database is in memory")
        {
            ExecutionResult::Success {
                output: Output::Create(_, Some(address)),
                ..
            } => address,
            other => panic!("deployment failed: {other:?}"),
        }
    }

    /// Deploys an implementation behind `ERC1967Proxy` with an initializer call.
    pub fn deploy_proxy(
        &mut self,
        proxy: &[u8],
        implementation: &[u8],
        init: &impl SolCall,
    ) -> Address {
        let implementation = self.deploy(implementation, &[]);
        let arguments = (implementation, Bytes::from(init.abi_encode())).abi_encode_params();
        self.deploy(proxy, &arguments)
    }

    /// Puts code at an address without running a constructor.
    pub fn place(&mut self, address: Address, code: Vec<u8>) {
        let info = AccountInfo::from_bytecode(Bytecode::new_raw(code.into()));
        self.evm
            .ctx
            .journaled_state
            .database
            .insert_account_info(address, info);
    }

    /// Writes all changes into the database, so that the chain can be copied.
    pub fn save(&mut self) {
        let state = self.evm.finalize();
        self.evm.commit(state);
    }

    /// One call that changes state, or the revert that undid it. Changes stay in the journal until [`Chain::save`].
    ///
    /// # Errors
    /// [`Revert`] with the contract's error.
    ///
    /// # Panics
    /// When the call runs out of gas or hits an invalid opcode.
    pub fn call(&mut self, caller: Address, to: Address, data: Vec<u8>) -> Result<Bytes, Revert> {
        let result = self
            .evm
            .system_call_one_with_caller(caller, to, data.into());
        output(result.expect("the database is in memory"))
    }

    /// The answer of a view.
    ///
    /// # Errors
    /// [`Revert`] with the contract's error.
    ///
    /// # Panics
    /// When the answer is not what the ABI says, or the call halts.
    pub fn view<C: SolCall>(&mut self, to: Address, call: &C) -> Result<C::Return, Revert> {
        let bytes = self.call(Address::ZERO, to, call.abi_encode())?;
        Ok(C::abi_decode_returns(&bytes).expect("the ABI of the artifact"))
    }
}

fn output(result: ExecutionResult) -> Result<Bytes, Revert> {
    match result {
        ExecutionResult::Success { output, .. } => Ok(output.into_data()),
        ExecutionResult::Revert { output, .. } => Err(Revert(output)),
        ExecutionResult::Halt { reason, .. } => panic!("call halted: {reason:?}"),
    }
}
