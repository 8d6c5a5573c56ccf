// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {IAdjudicator} from "../interfaces/IAdjudicator.sol";
import {IBurnable} from "../interfaces/IBurnable.sol";
import {ICaseSubject} from "../interfaces/ICaseSubject.sol";
import {ICourt, Parts, Ruling, Terms} from "../interfaces/ICourt.sol";
import {ICourtRules} from "../interfaces/ICourtRules.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {CourtMath} from "./CourtMath.sol";

/// @title Court
contract Court is ICourt, AccessControlUpgradeable, ReentrancyGuardTransient, EmergencyPausable, UUPSUpgradeable {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using CourtMath for Parts;

    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev The third round is final.
    uint8 private constant MAX_ROUNDS = 3;
    /// @dev Class of the stake vault that the licence holder itself posted.
    uint8 private constant OWN_STAKE = 0;

    bytes32 private constant STORAGE_SLOT = 0x6c4a2807d0d53f2c1d3f84282b29fdcf82242f04e6034fa7599c4bb5e6dc2d00;

    /// @dev The last step that a transaction took; time moves the phase on from there.
    enum Stage {
        None,
        Opened,
        Responded,
        RoundBegun,
        RuledAppealable,
        RuledFinal,
        Closed
    }

    struct Entry {
        Case data;
        Stage stage;
        Terms terms;
        mapping(uint256 round => Ruling) rulings;
        mapping(bytes32 leaf => bool) claimed;
    }

    /// @custom:storage-location erc7201:milepost.court
    struct CourtStorage {
        IERC20 token;
        IParameters parameters;
        ICourtRules rules;
        ILicenseBook licenses;
        IStakeVault vault;
        uint256 count;
        uint256 deposits;
        uint256 usersParts;
        mapping(uint256 caseId => Entry) cases;
        mapping(uint256 licenseId => mapping(bytes32 evidenceHash => uint256 caseId)) evidence;
        mapping(address holder => uint256) debts;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(
        address token,
        address parameters,
        address rules,
        address licenses,
        address vault,
        address admin
    ) external initializer {
        if (
            token == address(0) || parameters == address(0) || rules == address(0) || licenses == address(0)
                || vault == address(0) || admin == address(0)
        ) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        CourtStorage storage s = _court();
        s.token = IERC20(token);
        s.parameters = IParameters(parameters);
        s.rules = ICourtRules(rules);
        s.licenses = ILicenseBook(licenses);
        s.vault = IStakeVault(vault);
    }

    // Steps of a case ----------------------------------------------------------------------------------------------

    /// @inheritdoc ICourt
    function open(
        uint256 licenseId,
        uint256 breachAt,
        bytes32 claimHash,
        bytes32 evidenceHash,
        address subject,
        uint256 subjectId
    ) external whenRunning nonReentrant returns (uint256 caseId) {
        CourtStorage storage s = _court();
        Terms memory terms = s.rules.terms();
        if (claimHash == bytes32(0) || evidenceHash == bytes32(0)) revert ZeroHash();
        if (s.evidence[licenseId][evidenceHash] != 0) {
            revert EvidenceUsed(licenseId, evidenceHash, s.evidence[licenseId][evidenceHash]);
        }
        if (subject != address(0) && !s.rules.isSubject(subject)) revert SubjectNotAllowed(subject);
        address respondent = _checkOpening(s, licenseId, breachAt, terms, subject);

        caseId = ++s.count;
        s.evidence[licenseId][evidenceHash] = caseId;
        s.deposits += terms.deposit;
        s.cases[caseId].stage = Stage.Opened;
        s.cases[caseId].terms = terms;
        Case storage c = s.cases[caseId].data;
        c.licenseId = licenseId;
        c.challenger = msg.sender;
        c.openedAt = uint64(block.timestamp);
        c.breachAt = uint64(breachAt);
        c.deadline = uint64(block.timestamp + terms.responseWindow);
        c.claimHash = claimHash;
        c.evidenceHash = evidenceHash;
        c.subject = subject;
        c.subjectId = subjectId;

        emit CaseOpened(
            caseId, licenseId, msg.sender, respondent, breachAt, claimHash, evidenceHash, subject, subjectId
        );
        emit TermsFixed(caseId, terms);
        s.token.safeTransferFrom(msg.sender, address(this), terms.deposit);
        s.vault.lock(licenseId);
        if (subject != address(0)) ICaseSubject(subject).onCaseOpened(caseId, subjectId, licenseId);
    }

    /// @inheritdoc ICourt
    function respond(uint256 caseId, bytes32 evidenceHash) external {
        Entry storage e = _inPhase(caseId, Phase.Responding);
        if (msg.sender != _respondent(e)) revert NotRespondent(caseId, msg.sender);
        if (evidenceHash == bytes32(0)) revert ZeroHash();
        e.stage = Stage.Responded;
        e.data.deadline = uint64(block.timestamp + e.terms.mediationWindow);
        emit Responded(caseId, msg.sender, evidenceHash);
    }

    /// @inheritdoc ICourt
    function addEvidence(uint256 caseId, bytes32 evidenceHash) external {
        Entry storage e = _entry(caseId);
        Phase phase = _phase(e);
        if (phase == Phase.Decided || phase == Phase.Closed) revert WrongPhase(caseId, phase);
        _party(caseId, e);
        if (evidenceHash == bytes32(0)) revert ZeroHash();
        emit EvidenceAdded(caseId, msg.sender, evidenceHash);
    }

    /// @inheritdoc ICourt
    function proposeSettlement(uint256 caseId, uint256 amount) external {
        Entry storage e = _inPhase(caseId, Phase.Mediation);
        bool byChallenger = _party(caseId, e);
        if (amount < e.terms.deposit) revert SettlementTooSmall(caseId, amount, e.terms.deposit);
        if (byChallenger) e.data.challengerOffer = amount.toUint128();
        else e.data.respondentOffer = amount.toUint128();
        emit SettlementProposed(caseId, msg.sender, amount);
    }

    /// @inheritdoc ICourt
    function acceptSettlement(uint256 caseId, uint256 amount) external nonReentrant {
        Entry storage e = _inPhase(caseId, Phase.Mediation);
        uint256 offer = _party(caseId, e) ? e.data.respondentOffer : e.data.challengerOffer;
        if (offer == 0 || offer != amount) revert OfferMismatch(caseId, offer, amount);
        // Debt that two who may be one agree on would be theirs to leave unpaid.
        uint256 covered = _available(_court(), e.data.licenseId, Outcome.Settled);
        if (amount > covered) revert SettlementNotCovered(caseId, amount, covered);
        Ruling storage agreed = e.rulings[0];
        agreed.upheld = true;
        agreed.reparation = amount;
        emit CaseSettled(caseId, msg.sender, amount);
        _close(caseId, e);
    }

    /// @inheritdoc ICourt
    function declineMediation(uint256 caseId) external {
        Entry storage e = _inPhase(caseId, Phase.Mediation);
        _party(caseId, e);
        emit MediationDeclined(caseId, msg.sender);
        _begin(caseId, e, 1);
    }

    /// @inheritdoc ICourt
    function rule(uint256 caseId, Ruling calldata ruling) external nonReentrant {
        Entry storage e = _inPhase(caseId, Phase.Deciding);
        if (msg.sender != e.terms.adjudicator) revert NotAdjudicator(caseId, msg.sender);
        CourtMath.checkRuling(ruling, e.terms.challengerCapBps);
        Case storage c = e.data;
        uint8 round = c.round == 0 ? 1 : c.round;
        uint256 units = 1;
        if (e.terms.adjudicatorKind == uint8(ICourtRules.AdjudicatorKind.Panel)) {
            units = Math.min(IAdjudicator(msg.sender).arbitratorsRuled(caseId, round), e.terms.panelSize);
        }

        c.round = round;
        c.feeUnits += uint32(units);
        e.rulings[round] = ruling;
        Ruling storage first = e.rulings[1];
        bool sameVerdict = first.upheld == ruling.upheld;
        // Without an upheld verdict both amounts are zero and thus the same.
        bool settled = round == MAX_ROUNDS || (round == 2 && sameVerdict && first.reparation == ruling.reparation);
        e.stage = settled ? Stage.RuledFinal : Stage.RuledAppealable;
        c.deadline = uint64(block.timestamp + (settled ? 0 : e.terms.appealWindow));
        emit Ruled(caseId, round, msg.sender, ruling, units);
        if (round == 2 && !sameVerdict) _begin(caseId, e, MAX_ROUNDS);
    }

    /// @inheritdoc ICourt
    function appeal(uint256 caseId, bytes32 evidenceHash) external {
        Entry storage e = _inPhase(caseId, Phase.Appealable);
        _party(caseId, e);
        emit Appealed(caseId, msg.sender, e.data.round, evidenceHash);
        _begin(caseId, e, e.data.round + 1);
    }

    /// @inheritdoc ICourt
    function close(uint256 caseId) external nonReentrant {
        _close(caseId, _inPhase(caseId, Phase.Decided));
    }

    // After a case -------------------------------------------------------------------------------------------------

    /// @inheritdoc ICourt
    function claim(uint256 caseId, address account, uint256 shares, bytes32[] calldata proof)
        external
        nonReentrant
        returns (uint256 amount)
    {
        CourtStorage storage s = _court();
        Entry storage e = _inPhase(caseId, Phase.Closed);
        uint256 closesAt = _claimsCloseAt(e);
        if (block.timestamp > closesAt) revert ClaimWindowOver(caseId, closesAt);
        bytes32 leaf = _leaf(caseId, account, shares);
        if (e.claimed[leaf]) revert AlreadyClaimed(caseId, account);
        if (!MerkleProof.verifyCalldata(proof, _lastRuling(e).impactRoot, leaf)) revert InvalidProof(caseId, account);
        amount = _claimShare(e, shares);
        if (amount == 0) revert NothingLeft(caseId);
        e.claimed[leaf] = true;
        e.data.usersClaimed += amount;
        s.usersParts -= amount;
        emit Claimed(caseId, account, shares, amount);
        s.token.safeTransfer(account, amount);
    }

    /// @inheritdoc ICourt
    function sweepUnclaimed(uint256 caseId) external nonReentrant returns (uint256 amount) {
        CourtStorage storage s = _court();
        Entry storage e = _inPhase(caseId, Phase.Closed);
        uint256 closesAt = _claimsCloseAt(e);
        if (block.timestamp <= closesAt) revert ClaimWindowOpen(caseId, closesAt);
        amount = e.data.paid.users - e.data.usersClaimed;
        if (amount == 0) revert NothingLeft(caseId);
        e.data.usersClaimed += amount;
        s.usersParts -= amount;
        emit UnclaimedSwept(caseId, amount);
        _pay(s, _treasury(s), amount);
    }

    /// @inheritdoc ICourt
    function payDebt(uint256 caseId, uint256 amount) external nonReentrant returns (uint256 paid) {
        CourtStorage storage s = _court();
        Case storage c = _entry(caseId).data;
        Parts memory owed = c.owed;
        if (owed.total() == 0) revert NoDebt(caseId);
        if (amount == 0) revert ZeroAmount();
        Parts memory parts = owed.serve(amount);
        paid = parts.total();
        c.owed = owed.minus(parts);
        c.paid = c.paid.plus(parts);
        s.debts[c.debtor] -= paid;
        emit DebtPaid(caseId, c.debtor, msg.sender, parts, s.debts[c.debtor]);
        s.token.safeTransferFrom(msg.sender, address(this), paid);
        _payParts(s, caseId, parts);
    }

    // Views --------------------------------------------------------------------------------------------------------

    /// @inheritdoc ICourt
    function debtOf(address holder) external view returns (uint256) {
        return _court().debts[holder];
    }

    /// @inheritdoc ICourt
    function caseCount() external view returns (uint256) {
        return _court().count;
    }

    /// @inheritdoc ICourt
    function caseOf(uint256 caseId) external view returns (Case memory) {
        return _entry(caseId).data;
    }

    /// @inheritdoc ICourt
    function termsOf(uint256 caseId) external view returns (Terms memory) {
        return _entry(caseId).terms;
    }

    /// @inheritdoc ICourt
    function phaseOf(uint256 caseId) external view returns (Phase) {
        return _phase(_court().cases[caseId]);
    }

    /// @inheritdoc ICourt
    function deadlineOf(uint256 caseId) external view returns (uint256) {
        Entry storage e = _entry(caseId);
        Phase phase = _phase(e);
        if (phase == Phase.Deciding) return _roundBegan(e) + e.terms.limitation;
        if (phase == Phase.Mediation && e.stage == Stage.Opened) return e.data.deadline + e.terms.mediationWindow;
        return phase == Phase.Decided || phase == Phase.Closed ? 0 : e.data.deadline;
    }

    /// @inheritdoc ICourt
    function roundOf(uint256 caseId) external view returns (uint256) {
        Entry storage e = _entry(caseId);
        if (e.data.round != 0) return e.data.round;
        return _phase(e) == Phase.Deciding ? 1 : 0;
    }

    /// @inheritdoc ICourt
    function partiesOf(uint256 caseId) external view returns (address challenger, address respondent) {
        Entry storage e = _entry(caseId);
        return (e.data.challenger, _respondent(e));
    }

    /// @inheritdoc ICourt
    function rulingOf(uint256 caseId, uint256 round) external view returns (Ruling memory) {
        return _entry(caseId).rulings[round];
    }

    /// @inheritdoc ICourt
    function previewClose(uint256 caseId) external view returns (Preview memory p) {
        Entry storage e = _entry(caseId);
        if (e.stage == Stage.Closed) revert WrongPhase(caseId, Phase.Closed);
        Parts memory due;
        (p.outcome, due) = _due(e);
        p.taken = Math.min(due.total(), _available(_court(), e.data.licenseId, p.outcome));
        (p.paid, p.owed, p.depositReturned) = _payout(e, p.outcome, due, p.taken);
    }

    /// @inheritdoc ICourt
    function caseOfEvidence(uint256 licenseId, bytes32 evidenceHash) external view returns (uint256) {
        return _court().evidence[licenseId][evidenceHash];
    }

    /// @inheritdoc ICourt
    function claimable(uint256 caseId, address account, uint256 shares) external view returns (uint256) {
        Entry storage e = _entry(caseId);
        if (block.timestamp > _claimsCloseAt(e) || e.claimed[_leaf(caseId, account, shares)]) return 0;
        return _claimShare(e, shares);
    }

    /// @inheritdoc ICourt
    function claimsCloseAt(uint256 caseId) external view returns (uint256) {
        return _claimsCloseAt(_entry(caseId));
    }

    /// @inheritdoc ICourt
    function isClaimed(uint256 caseId, address account, uint256 shares) external view returns (bool) {
        return _entry(caseId).claimed[_leaf(caseId, account, shares)];
    }

    /// @inheritdoc ICourt
    function held() external view returns (uint256 deposits, uint256 usersParts) {
        CourtStorage storage s = _court();
        return (s.deposits, s.usersParts);
    }

    // Internal -----------------------------------------------------------------------------------------------------

    function _checkOpening(
        CourtStorage storage s,
        uint256 licenseId,
        uint256 breachAt,
        Terms memory terms,
        address subject
    ) private view returns (address respondent) {
        respondent = s.licenses.holderOf(licenseId);
        if (respondent == address(0)) revert UnknownLicense(licenseId);
        if (respondent == msg.sender) revert OwnLicense(licenseId, msg.sender);
        // What a subject says can be challenged also when there is nothing left to lose.
        if (subject == address(0) && s.vault.stakeOf(licenseId) == 0) revert NoStake(licenseId);
        if (breachAt > block.timestamp) revert BreachInFuture(breachAt);
        if (block.timestamp - breachAt > terms.limitation) revert BreachTooOld(breachAt, terms.limitation);
        // The deposit and as much again, which stays with the challenger.
        uint256 required = 2 * uint256(terms.deposit);
        uint256 balance = s.token.balanceOf(msg.sender);
        if (balance < required) revert HoldingTooSmall(msg.sender, balance, required);
    }

    function _begin(uint256 caseId, Entry storage e, uint8 round) private {
        e.stage = Stage.RoundBegun;
        e.data.round = round;
        e.data.roundBegan = uint64(block.timestamp);
        emit RoundBegan(caseId, round);
    }

    /// @dev The vault is asked before the parts are known, because only it knows what it gives.
    function _close(uint256 caseId, Entry storage e) private {
        CourtStorage storage s = _court();
        Case storage c = e.data;
        (Outcome outcome, Parts memory due) = _due(e);
        uint256 taken = Math.min(due.total(), _available(s, c.licenseId, outcome));
        if (taken != 0) taken = s.vault.slash(c.licenseId, taken);
        (Parts memory paid, Parts memory owed, uint256 returned) = _payout(e, outcome, due, taken);
        address respondent = _respondent(e);

        c.outcome = outcome;
        c.closedAt = uint64(block.timestamp);
        c.paid = paid;
        s.deposits -= e.terms.deposit;
        s.usersParts += paid.users;
        // A settled or lapsed case judged nothing; its evidence may be brought again.
        if (outcome == Outcome.Settled || outcome == Outcome.Lapsed) delete s.evidence[c.licenseId][c.evidenceHash];
        uint256 debt = owed.total();
        if (debt != 0) {
            c.owed = owed;
            c.debtor = respondent;
            s.debts[respondent] += debt;
            emit DebtRecorded(caseId, respondent, owed);
        }
        e.stage = Stage.Closed;
        emit PartsPaid(caseId, paid);
        emit DepositReturned(caseId, c.challenger, returned);
        emit CaseClosed(caseId, c.licenseId, respondent, outcome, taken);

        _pay(s, c.challenger, returned);
        _payParts(s, caseId, paid);
        // Two who settle may be one, so their agreement does not prolong what partners wait for.
        s.vault.unlock(c.licenseId, outcome == Outcome.Upheld);
        if (c.subject != address(0) && s.rules.isSubject(c.subject)) {
            ICaseSubject(c.subject).onCaseClosed(caseId, c.subjectId, _succeeded(outcome));
        }
    }

    /// @dev What an outcome may take out of the vault. Two parties who settle may be one: they dispose of the holder's own
    ///      stake alone, which a slash takes first, and of none while another case holds it.
    function _available(CourtStorage storage s, uint256 licenseId, Outcome outcome)
        private
        view
        returns (uint256 amount)
    {
        if (outcome == Outcome.Upheld) return s.vault.stakeOf(licenseId);
        if (outcome != Outcome.Settled || s.vault.openChallenges(licenseId) > 1) return 0;
        (amount,,) = s.vault.poolOf(licenseId, OWN_STAKE);
    }

    /// @dev All but the users' part, which stays here for claims.
    function _payParts(CourtStorage storage s, uint256 caseId, Parts memory parts) private {
        Entry storage e = s.cases[caseId];
        _pay(s, e.terms.adjudicator, parts.fees);
        _pay(s, e.data.challenger, parts.challenger);
        if (parts.treasury != 0) _pay(s, _treasury(s), parts.treasury);
        if (parts.burned != 0) IBurnable(address(s.token)).burn(parts.burned);
    }

    function _pay(CourtStorage storage s, address to, uint256 amount) private {
        if (amount != 0) s.token.safeTransfer(to, amount);
    }

    /// @dev What the last ruling, the settlement or the lapse of time makes due, whoever can pay it.
    function _due(Entry storage e) private view returns (Outcome outcome, Parts memory due) {
        Terms storage t = e.terms;
        Ruling memory ruling = _lastRuling(e);
        uint256 fees = uint256(t.arbitratorFee) * e.data.feeUnits;
        if (ruling.upheld && ruling.opinionHash == bytes32(0)) {
            return (Outcome.Settled, CourtMath.split(ruling.reparation, t.award, 0, 0));
        }
        if (ruling.upheld) {
            uint256 reparation = Math.max(ruling.reparation, uint256(t.leastDeposits) * t.deposit);
            uint256 least = Math.max(reparation * t.rewardBps / CourtMath.BPS, uint256(t.rewardDeposits) * t.deposit);
            due = CourtMath.split(reparation, CourtMath.isDefault(ruling.award) ? t.award : ruling.award, least, fees);
            return (Outcome.Upheld, due);
        }
        if (ruling.opinionHash == bytes32(0)) return (Outcome.Lapsed, due);
        due.fees = Math.min(fees, t.deposit);
        due.burned = t.deposit - due.fees;
        return (Outcome.Dismissed, due);
    }

    function _payout(Entry storage e, Outcome outcome, Parts memory due, uint256 taken)
        private
        view
        returns (Parts memory paid, Parts memory owed, uint256 returned)
    {
        if (outcome == Outcome.Dismissed) return (due, owed, 0);
        paid = due.serve(taken);
        // Claims are counted when the case closes; what users are owed later is distributed by the treasury.
        owed = due.minus(paid).usersToTreasury();
        if (_lastRuling(e).impactRoot == bytes32(0)) paid = paid.usersToTreasury();
        returned = e.terms.deposit;
    }

    /// @dev Of the last decided round; of round 0, which only a settlement fills, when there is none.
    function _lastRuling(Entry storage e) private view returns (Ruling storage) {
        uint256 round = e.data.round;
        if (round != 0 && e.rulings[round].opinionHash == bytes32(0)) --round;
        return e.rulings[round];
    }

    function _phase(Entry storage e) private view returns (Phase) {
        Stage stage = e.stage;
        if (stage == Stage.None) return Phase.None;
        if (stage == Stage.Closed) return Phase.Closed;
        if (stage == Stage.RuledFinal) return Phase.Decided;
        uint256 deadline = e.data.deadline;
        if (stage == Stage.RuledAppealable) return block.timestamp <= deadline ? Phase.Appealable : Phase.Decided;
        if (stage == Stage.Opened) {
            if (block.timestamp <= deadline) return Phase.Responding;
            if (block.timestamp <= deadline + e.terms.mediationWindow) return Phase.Mediation;
        }
        if (stage == Stage.Responded && block.timestamp <= deadline) return Phase.Mediation;
        // A round that nobody decides within the limitation lapses; the stake is not locked for ever.
        return block.timestamp <= _roundBegan(e) + e.terms.limitation ? Phase.Deciding : Phase.Decided;
    }

    /// @dev Only in Deciding, or lapsed from there.
    function _roundBegan(Entry storage e) private view returns (uint256) {
        if (e.stage == Stage.RoundBegun) return e.data.roundBegan;
        return e.data.deadline + (e.stage == Stage.Opened ? e.terms.mediationWindow : 0);
    }

    function _inPhase(uint256 caseId, Phase wanted) private view returns (Entry storage e) {
        e = _entry(caseId);
        Phase phase = _phase(e);
        if (phase != wanted) revert WrongPhase(caseId, phase);
    }

    function _entry(uint256 caseId) private view returns (Entry storage e) {
        e = _court().cases[caseId];
        if (e.stage == Stage.None) revert UnknownCase(caseId);
    }

    function _respondent(Entry storage e) private view returns (address) {
        return _court().licenses.holderOf(e.data.licenseId);
    }

    /// @dev Reverts unless the caller is a party; true for the challenger.
    function _party(uint256 caseId, Entry storage e) private view returns (bool byChallenger) {
        byChallenger = msg.sender == e.data.challenger;
        if (!byChallenger && msg.sender != _respondent(e)) revert NotParty(caseId, msg.sender);
    }

    function _claimsCloseAt(Entry storage e) private view returns (uint256) {
        return e.data.paid.users == 0 ? 0 : e.data.closedAt + e.terms.claimWindow;
    }

    function _claimShare(Entry storage e, uint256 shares) private view returns (uint256) {
        uint256 part = e.data.paid.users;
        if (part == 0) return 0;
        return CourtMath.claimShare(part, shares, _lastRuling(e).impactShares, part - e.data.usersClaimed);
    }

    function _leaf(uint256 caseId, address account, uint256 shares) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(caseId, account, shares))));
    }

    function _treasury(CourtStorage storage s) private view returns (address) {
        return s.parameters.account("treasury");
    }

    function _succeeded(Outcome outcome) private pure returns (bool) {
        return outcome == Outcome.Upheld || outcome == Outcome.Settled;
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _court().parameters;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _court() private pure returns (CourtStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
