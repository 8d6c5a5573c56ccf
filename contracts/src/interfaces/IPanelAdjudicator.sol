// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAdjudicator} from "./IAdjudicator.sol";
import {Ruling} from "./ICourt.sol";

/// @title Panel of arbitrators (economy rules, section 4)
/// @notice Draws arbitrators by lot, lets them rule blind by commit and reveal, and hands the majority's verdict and
///         its median amount to the court. Nobody is drawn twice in a case.
/// @dev Trust: governance keeps the register and may record or lift conflicts; it cannot pick a panel, see or change a
///      ruling, or touch fees. Whoever makes the drawn block can withhold it, at the price of its reward.
///      An arbitrator holds no tokens. Fees wait here, where they are no holding. Anybody can send tokens to somebody
///      else, so an arbitrator may approve this contract to pass on whatever arrives: then nobody can disqualify it by
///      a gift. Votes that others delegate cannot be refused either; only the power to propose disqualifies.
interface IPanelAdjudicator is IAdjudicator {
    /// @dev `drawBlock` is zero before the draw was asked for; `seats` is empty before it took place.
    struct Panel {
        uint64 drawBlock;
        uint64 commitEnds;
        uint64 revealEnds;
        uint16 committed;
        uint16 revealed;
        bool decided;
        address[] candidates;
        address[] seats;
        address[] ruled;
    }

    error ZeroAddress();
    error ZeroCommitment();
    error AlreadyRegistered(address arbitrator);
    error NotRegistered(address arbitrator);
    error RegisterFull(uint256 size);
    error NotOurCase(uint256 caseId);
    error NotDeciding(uint256 caseId);
    error AlreadyDrawn(uint256 caseId, uint256 round);
    error DrawTooEarly(uint256 blockNumber, uint256 drawBlock);
    error NotEnoughArbitrators(uint256 eligible, uint256 required);
    error NotSeated(uint256 caseId, address arbitrator);
    error Conflicted(uint256 caseId, address arbitrator);
    error CommitPhaseOver(uint256 caseId, uint256 commitEnds);
    error AlreadyCommitted(uint256 caseId, address arbitrator);
    error RevealNotOpen(uint256 caseId);
    error AlreadyRevealed(uint256 caseId, address arbitrator);
    error CommitmentMismatch(uint256 caseId, address arbitrator);
    error NotDecidable(uint256 caseId, uint256 round);
    error NothingToPay(address account);

    event ArbitratorRegistered(address indexed arbitrator);
    event ArbitratorRemoved(address indexed arbitrator);
    event ConflictDeclared(address indexed arbitrator, address indexed party, address indexed by);
    event ConflictLifted(address indexed arbitrator, address indexed party);
    event HoldingPassedOn(address indexed arbitrator, uint256 amount);
    event DrawRequested(uint256 indexed caseId, uint256 indexed round, uint256 drawBlock, address[] candidates);
    event PanelDrawn(
        uint256 indexed caseId, uint256 indexed round, address[] seats, uint256 commitEnds, uint256 revealEnds
    );
    event PanelFailed(uint256 indexed caseId, uint256 indexed round);
    event RulingCommitted(
        uint256 indexed caseId, uint256 indexed round, address indexed arbitrator, bytes32 commitment
    );
    event RevealOpened(uint256 indexed caseId, uint256 indexed round, uint256 revealEnds);
    event RulingRevealed(uint256 indexed caseId, uint256 indexed round, address indexed arbitrator, Ruling ruling);
    event PanelDecided(uint256 indexed caseId, uint256 indexed round, bool upheld, uint256 upholding, uint256 revealed);
    event FeesDistributed(uint256 indexed caseId, uint256 amount, uint256 arbitrators);
    event FeesWithdrawn(address indexed arbitrator, address indexed to, uint256 amount);

    /// @notice Adds an arbitrator. @dev GOVERNANCE_ROLE.
    function register(address arbitrator) external;

    /// @notice Removes an arbitrator from later draws. @dev GOVERNANCE_ROLE. A seat already drawn stays.
    function remove(address arbitrator) external;

    /// @notice The calling arbitrator declares a conflict with a party; from then on it cannot rule its cases.
    function declareConflict(address party) external;

    /// @notice Records a conflict of an arbitrator. @dev GOVERNANCE_ROLE.
    function recordConflict(address arbitrator, address party) external;

    /// @notice Lifts a conflict. @dev GOVERNANCE_ROLE only.
    function liftConflict(address arbitrator, address party) external;

    /// @notice First call of a round: fixes the candidates and names a coming block. Next call, once that block exists:
    ///         draws by its hash. Asks again when the hash is gone or nobody of the drawn revealed. Anyone.
    /// @return drawn Whether there is a panel now.
    function draw(uint256 caseId) external returns (bool drawn);

    /// @notice A seated arbitrator commits to `commitmentOf` its ruling; once, until `commitEnds`.
    function commit(uint256 caseId, bytes32 commitment) external;

    /// @notice Opens the commitment; after `commitEnds`, or once every seat has committed, until `revealEnds`.
    function reveal(uint256 caseId, Ruling calldata ruling, bytes32 salt) external;

    /// @notice Hands the panel's ruling to the court once nobody can reveal any more. Anyone.
    function decide(uint256 caseId) external;

    /// @notice Credits the arbitrators of a case with the fees that the court paid since the last time. Anyone.
    function distribute(uint256 caseId) external returns (uint256 amount);

    /// @notice Pays the calling arbitrator's credit out.
    function withdraw(address to) external returns (uint256 amount);

    function arbitrators() external view returns (address[] memory);
    function isArbitrator(address account) external view returns (bool);
    function hasConflict(address arbitrator, address party) external view returns (bool);

    /// @notice True while the arbitrator would be a candidate of a draw asked for now.
    function isEligible(uint256 caseId, address arbitrator) external view returns (bool);
    function panelOf(uint256 caseId, uint256 round) external view returns (Panel memory);

    /// @notice Commitment and, once revealed, the ruling of an arbitrator in its round of a case.
    function opinionOf(uint256 caseId, address arbitrator)
        external
        view
        returns (bytes32 commitment, bool revealed, Ruling memory ruling);
    function creditOf(address arbitrator) external view returns (uint256);

    /// @notice keccak256(abi.encode(caseId, round, arbitrator, ruling, salt)). Call it off chain only: the arguments
    ///         of a transaction are public.
    function commitmentOf(uint256 caseId, uint256 round, address arbitrator, Ruling calldata ruling, bytes32 salt)
        external
        pure
        returns (bytes32);
}
