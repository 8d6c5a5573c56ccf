// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IAdjudicator} from "../interfaces/IAdjudicator.sol";
import {ICourt, Ruling, Terms} from "../interfaces/ICourt.sol";
import {IPanelAdjudicator} from "../interfaces/IPanelAdjudicator.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";
import {CourtMath} from "./CourtMath.sol";

/// @title Panel of arbitrators
contract PanelAdjudicator is IPanelAdjudicator, AccessControlUpgradeable, ReentrancyGuardTransient, UUPSUpgradeable {
    using SafeERC20 for IERC20;

    /// @dev Keeps the register.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev Bounds the loops of a draw.
    uint256 private constant MAX_ARBITRATORS = 64;
    /// @dev Blocks between asking and drawing: enough that the hash is unknown, also to whoever makes the next ones.
    uint256 private constant DRAW_DELAY = 16;
    /// @dev The EVM knows this many block hashes.
    uint256 private constant HASHES = 256;

    bytes32 private constant STORAGE_SLOT = 0x3a567168d0958ac9791714cc0b7c9a5b5cab51cd02088f94241a9d6dc09d2f00;

    /// @dev One per case and arbitrator, because nobody is drawn twice in a case. `drawBlock` is that of the panel with
    ///      the seat: a panel that failed is dissolved while its round goes on with another.
    struct Opinion {
        uint64 drawBlock;
        bool revealed;
        bytes32 commitment;
        Ruling ruling;
    }

    /// @custom:storage-location erc7201:milepost.paneladjudicator
    struct PanelStorage {
        ICourt court;
        IERC20 token;
        IParameters parameters;
        address[] register;
        mapping(address arbitrator => uint256 position) positions;
        mapping(address arbitrator => mapping(address party => bool)) conflicts;
        mapping(uint256 caseId => mapping(uint256 round => Panel)) panels;
        mapping(uint256 caseId => mapping(address arbitrator => Opinion)) opinions;
        mapping(uint256 caseId => uint256) distributed;
        mapping(address arbitrator => uint256) credits;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address court, address token, address parameters, address admin) external initializer {
        if (court == address(0) || token == address(0) || parameters == address(0) || admin == address(0)) {
            revert ZeroAddress();
        }
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        PanelStorage storage s = _panel();
        s.court = ICourt(court);
        s.token = IERC20(token);
        s.parameters = IParameters(parameters);
    }

    // Register -----------------------------------------------------------------------------------------------------

    /// @inheritdoc IPanelAdjudicator
    function register(address arbitrator) external onlyRole(GOVERNANCE_ROLE) {
        if (arbitrator == address(0)) revert ZeroAddress();
        PanelStorage storage s = _panel();
        if (s.positions[arbitrator] != 0) revert AlreadyRegistered(arbitrator);
        if (s.register.length == MAX_ARBITRATORS) revert RegisterFull(MAX_ARBITRATORS);
        s.register.push(arbitrator);
        s.positions[arbitrator] = s.register.length;
        emit ArbitratorRegistered(arbitrator);
    }

    /// @inheritdoc IPanelAdjudicator
    function remove(address arbitrator) external onlyRole(GOVERNANCE_ROLE) {
        PanelStorage storage s = _panel();
        uint256 position = s.positions[arbitrator];
        if (position == 0) revert NotRegistered(arbitrator);
        address last = s.register[s.register.length - 1];
        s.register[position - 1] = last;
        s.positions[last] = position;
        s.register.pop();
        delete s.positions[arbitrator];
        emit ArbitratorRemoved(arbitrator);
    }

    /// @inheritdoc IPanelAdjudicator
    function declareConflict(address party) external {
        _recordConflict(msg.sender, party);
    }

    /// @inheritdoc IPanelAdjudicator
    function recordConflict(address arbitrator, address party) external onlyRole(GOVERNANCE_ROLE) {
        _recordConflict(arbitrator, party);
    }

    /// @inheritdoc IPanelAdjudicator
    function liftConflict(address arbitrator, address party) external onlyRole(GOVERNANCE_ROLE) {
        delete _panel().conflicts[arbitrator][party];
        emit ConflictLifted(arbitrator, party);
    }

    // Rounds -------------------------------------------------------------------------------------------------------

    /// @inheritdoc IPanelAdjudicator
    function draw(uint256 caseId) external nonReentrant returns (bool drawn) {
        PanelStorage storage s = _panel();
        (uint256 round, Terms memory terms) = _deciding(s, caseId);
        Panel storage p = s.panels[caseId][round];
        if (p.seats.length != 0) {
            if (p.revealed != 0 || !_over(p)) revert AlreadyDrawn(caseId, round);
            delete s.panels[caseId][round];
            emit PanelFailed(caseId, round);
        }
        if (p.drawBlock == 0 || block.number > p.drawBlock + HASHES) {
            _ask(s, caseId, round, terms.panelSize);
            return false;
        }
        if (block.number <= p.drawBlock) revert DrawTooEarly(block.number, p.drawBlock);
        _seat(s, caseId, round, terms);
        return true;
    }

    /// @inheritdoc IPanelAdjudicator
    function commit(uint256 caseId, bytes32 commitment) external {
        PanelStorage storage s = _panel();
        (uint256 round, Terms memory terms) = _deciding(s, caseId);
        Panel storage p = s.panels[caseId][round];
        Opinion storage opinion = _seated(s, caseId, round);
        if (block.timestamp > p.commitEnds) revert CommitPhaseOver(caseId, p.commitEnds);
        if (opinion.commitment != bytes32(0)) revert AlreadyCommitted(caseId, msg.sender);
        if (commitment == bytes32(0)) revert ZeroCommitment();
        if (_hasConflict(s, caseId, msg.sender)) revert Conflicted(caseId, msg.sender);
        opinion.commitment = commitment;
        emit RulingCommitted(caseId, round, msg.sender, commitment);
        if (++p.committed == p.seats.length) {
            p.revealEnds = uint64(block.timestamp + terms.revealWindow);
            emit RevealOpened(caseId, round, p.revealEnds);
        }
    }

    /// @inheritdoc IPanelAdjudicator
    function reveal(uint256 caseId, Ruling calldata ruling, bytes32 salt) external {
        PanelStorage storage s = _panel();
        (uint256 round, Terms memory terms) = _deciding(s, caseId);
        Panel storage p = s.panels[caseId][round];
        Opinion storage opinion = _seated(s, caseId, round);
        if (!_commitsClosed(p) || block.timestamp > p.revealEnds) revert RevealNotOpen(caseId);
        if (opinion.revealed) revert AlreadyRevealed(caseId, msg.sender);
        if (opinion.commitment != commitmentOf(caseId, round, msg.sender, ruling, salt)) {
            revert CommitmentMismatch(caseId, msg.sender);
        }
        // A ruling that the court would refuse must not become the panel's.
        CourtMath.checkRuling(ruling, terms.challengerCapBps);
        opinion.revealed = true;
        opinion.ruling = ruling;
        ++p.revealed;
        emit RulingRevealed(caseId, round, msg.sender, ruling);
    }

    /// @inheritdoc IPanelAdjudicator
    function decide(uint256 caseId) external nonReentrant {
        PanelStorage storage s = _panel();
        (uint256 round,) = _deciding(s, caseId);
        Panel storage p = s.panels[caseId][round];
        if (p.revealed == 0 || !_over(p)) revert NotDecidable(caseId, round);
        p.decided = true;
        uint256 upholding;
        for (uint256 i = 0; i < p.seats.length; ++i) {
            Opinion storage opinion = s.opinions[caseId][p.seats[i]];
            if (!opinion.revealed) continue;
            p.ruled.push(p.seats[i]);
            if (opinion.ruling.upheld) ++upholding;
        }
        bool upheld = upholding * 2 > p.revealed;
        emit PanelDecided(caseId, round, upheld, upholding, p.revealed);
        address speaker = _speaker(s, caseId, p.ruled, upheld, upheld ? upholding : p.revealed - upholding);
        s.court.rule(caseId, s.opinions[caseId][speaker].ruling);
    }

    // Fees ---------------------------------------------------------------------------------------------------------

    /// @inheritdoc IPanelAdjudicator
    function distribute(uint256 caseId) external returns (uint256 amount) {
        PanelStorage storage s = _panel();
        if (s.court.termsOf(caseId).adjudicator != address(this)) revert NotOurCase(caseId);
        ICourt.Case memory c = s.court.caseOf(caseId);
        amount = c.paid.fees - s.distributed[caseId];
        if (amount == 0) revert NothingToPay(msg.sender);
        s.distributed[caseId] = c.paid.fees;
        uint256 each = amount / c.feeUnits;
        // The wei that do not divide go to the first who ruled.
        uint256 extra = amount % c.feeUnits;
        for (uint256 round = 1; round <= c.round; ++round) {
            Panel storage p = s.panels[caseId][round];
            if (!p.decided) break;
            for (uint256 i = 0; i < p.ruled.length; ++i) {
                s.credits[p.ruled[i]] += each + extra;
                extra = 0;
            }
        }
        emit FeesDistributed(caseId, amount, c.feeUnits);
    }

    /// @inheritdoc IPanelAdjudicator
    function withdraw(address to) external nonReentrant returns (uint256 amount) {
        if (to == address(0)) revert ZeroAddress();
        PanelStorage storage s = _panel();
        amount = s.credits[msg.sender];
        if (amount == 0) revert NothingToPay(msg.sender);
        delete s.credits[msg.sender];
        emit FeesWithdrawn(msg.sender, to, amount);
        s.token.safeTransfer(to, amount);
    }

    // Views --------------------------------------------------------------------------------------------------------

    /// @inheritdoc IAdjudicator
    function arbitratorsRuled(uint256 caseId, uint256 round) external view returns (uint256) {
        return _panel().panels[caseId][round].ruled.length;
    }

    /// @inheritdoc IPanelAdjudicator
    function arbitrators() external view returns (address[] memory) {
        return _panel().register;
    }

    /// @inheritdoc IPanelAdjudicator
    function isArbitrator(address account) external view returns (bool) {
        return _panel().positions[account] != 0;
    }

    /// @inheritdoc IPanelAdjudicator
    function hasConflict(address arbitrator, address party) external view returns (bool) {
        return _panel().conflicts[arbitrator][party];
    }

    /// @inheritdoc IPanelAdjudicator
    function isEligible(uint256 caseId, address arbitrator) external view returns (bool) {
        PanelStorage storage s = _panel();
        if (s.positions[arbitrator] == 0 || !_isFree(s, caseId, arbitrator)) return false;
        uint256 balance = s.token.balanceOf(arbitrator);
        return balance == 0 || s.token.allowance(arbitrator, address(this)) >= balance;
    }

    /// @inheritdoc IPanelAdjudicator
    function panelOf(uint256 caseId, uint256 round) external view returns (Panel memory) {
        return _panel().panels[caseId][round];
    }

    /// @inheritdoc IPanelAdjudicator
    function opinionOf(uint256 caseId, address arbitrator)
        external
        view
        returns (bytes32 commitment, bool revealed, Ruling memory ruling)
    {
        Opinion storage opinion = _panel().opinions[caseId][arbitrator];
        return (opinion.commitment, opinion.revealed, opinion.ruling);
    }

    /// @inheritdoc IPanelAdjudicator
    function creditOf(address arbitrator) external view returns (uint256) {
        return _panel().credits[arbitrator];
    }

    /// @inheritdoc IPanelAdjudicator
    function commitmentOf(uint256 caseId, uint256 round, address arbitrator, Ruling calldata ruling, bytes32 salt)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(caseId, round, arbitrator, ruling, salt));
    }

    // Internal -----------------------------------------------------------------------------------------------------

    function _recordConflict(address arbitrator, address party) private {
        if (party == address(0)) revert ZeroAddress();
        PanelStorage storage s = _panel();
        if (s.positions[arbitrator] == 0) revert NotRegistered(arbitrator);
        s.conflicts[arbitrator][party] = true;
        emit ConflictDeclared(arbitrator, party, msg.sender);
    }

    /// @dev The candidates are fixed before the hash is known: afterwards nobody can steer the lot by making somebody
    ///      ineligible.
    function _ask(PanelStorage storage s, uint256 caseId, uint256 round, uint256 size) private {
        Panel storage p = s.panels[caseId][round];
        delete p.candidates;
        uint256 drawBlock = block.number + DRAW_DELAY;
        p.drawBlock = uint64(drawBlock);
        uint256 length = s.register.length;
        for (uint256 i = 0; i < length; ++i) {
            address arbitrator = s.register[i];
            if (_isFree(s, caseId, arbitrator) && _passOn(s, arbitrator)) p.candidates.push(arbitrator);
        }
        if (p.candidates.length < size) revert NotEnoughArbitrators(p.candidates.length, size);
        emit DrawRequested(caseId, round, drawBlock, p.candidates);
    }

    function _seat(PanelStorage storage s, uint256 caseId, uint256 round, Terms memory terms) private {
        Panel storage p = s.panels[caseId][round];
        address[] memory pool = p.candidates;
        bytes32 seed = keccak256(abi.encode(blockhash(p.drawBlock), caseId, round));
        for (uint256 i = 0; i < terms.panelSize; ++i) {
            uint256 pick = i + uint256(keccak256(abi.encode(seed, i))) % (pool.length - i);
            address arbitrator = pool[pick];
            pool[pick] = pool[i];
            p.seats.push(arbitrator);
            s.opinions[caseId][arbitrator].drawBlock = p.drawBlock;
        }
        p.commitEnds = uint64(block.timestamp + terms.commitWindow);
        p.revealEnds = p.commitEnds + terms.revealWindow;
        emit PanelDrawn(caseId, round, p.seats, p.commitEnds, p.revealEnds);
    }

    /// @dev Passes tokens found on an arbitrator on to the treasury, as far as it approved that.
    /// @return clean Whether it holds nothing then.
    function _passOn(PanelStorage storage s, address arbitrator) private returns (bool clean) {
        uint256 balance = s.token.balanceOf(arbitrator);
        if (balance == 0) return true;
        if (s.token.allowance(arbitrator, address(this)) < balance) return false;
        emit HoldingPassedOn(arbitrator, balance);
        s.token.safeTransferFrom(arbitrator, s.parameters.account("treasury"), balance);
        return true;
    }

    /// @dev The ruling of the majority with the median amount, the lower one of two; equal amounts in order of seats.
    function _speaker(PanelStorage storage s, uint256 caseId, address[] memory ruled, bool upheld, uint256 size)
        private
        view
        returns (address)
    {
        address[] memory majority = new address[](size);
        uint256[] memory amounts = new uint256[](size);
        uint256 n;
        for (uint256 i = 0; i < ruled.length; ++i) {
            Ruling storage ruling = s.opinions[caseId][ruled[i]].ruling;
            if (ruling.upheld != upheld) continue;
            majority[n] = ruled[i];
            amounts[n++] = ruling.reparation;
        }
        return majority[CourtMath.medianIndex(amounts)];
    }

    function _deciding(PanelStorage storage s, uint256 caseId)
        private
        view
        returns (uint256 round, Terms memory terms)
    {
        terms = s.court.termsOf(caseId);
        if (terms.adjudicator != address(this)) revert NotOurCase(caseId);
        if (s.court.phaseOf(caseId) != ICourt.Phase.Deciding) revert NotDeciding(caseId);
        round = s.court.roundOf(caseId);
    }

    function _seated(PanelStorage storage s, uint256 caseId, uint256 round) private view returns (Opinion storage o) {
        o = s.opinions[caseId][msg.sender];
        if (o.drawBlock == 0 || o.drawBlock != s.panels[caseId][round].drawBlock) revert NotSeated(caseId, msg.sender);
    }

    function _isFree(PanelStorage storage s, uint256 caseId, address arbitrator) private view returns (bool) {
        return s.opinions[caseId][arbitrator].drawBlock == 0 && !_hasConflict(s, caseId, arbitrator)
            && IVotes(address(s.token)).getVotes(arbitrator) < s.parameters.get(ParameterKeys.GOV_PROPOSAL_THRESHOLD);
    }

    function _hasConflict(PanelStorage storage s, uint256 caseId, address arbitrator) private view returns (bool) {
        (address challenger, address respondent) = s.court.partiesOf(caseId);
        return arbitrator == challenger || arbitrator == respondent || s.conflicts[arbitrator][challenger]
            || s.conflicts[arbitrator][respondent];
    }

    function _commitsClosed(Panel storage p) private view returns (bool) {
        return p.committed == p.seats.length || block.timestamp > p.commitEnds;
    }

    /// @dev Nobody can reveal any more: time is up, or everybody who committed did.
    function _over(Panel storage p) private view returns (bool) {
        return block.timestamp > p.revealEnds || (_commitsClosed(p) && p.revealed == p.committed);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _panel() private pure returns (PanelStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
