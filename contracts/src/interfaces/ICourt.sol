// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @dev Shares of a reparation in bps, together 10,000. All zero in a ruling: the vector of the parameters.
struct Award {
    uint16 burnBps;
    uint16 usersBps;
    uint16 challengerBps;
    uint16 treasuryBps;
}

/// @dev What an adjudicator, or one arbitrator, says. `impactRoot` is the Merkle root of the list of affected users,
///      `impactShares` the sum of its shares; both zero when there is no list.
struct Ruling {
    bool upheld;
    uint256 reparation;
    Award award;
    bytes32 opinionHash;
    bytes32 impactRoot;
    uint256 impactShares;
}

/// @dev Amounts by receiver, in the order in which they are served.
struct Parts {
    uint256 fees;
    uint256 challenger;
    uint256 users;
    uint256 treasury;
    uint256 burned;
}

/// @dev Parameters of a case as they were when it opened; a later change does not touch it.
struct Terms {
    uint128 deposit;
    uint128 arbitratorFee;
    uint32 responseWindow;
    uint32 mediationWindow;
    uint32 commitWindow;
    uint32 revealWindow;
    uint32 appealWindow;
    uint32 claimWindow;
    uint32 limitation;
    uint16 panelSize;
    uint8 rewardDeposits;
    uint8 leastDeposits;
    address adjudicator;
    uint8 adjudicatorKind;
    uint16 rewardBps;
    uint16 challengerCapBps;
    Award award;
}

/// @title Court (economy rules, section 4)
/// @notice Anyone who holds tokens challenges a licence against a deposit. The licence's whole stake is locked until
///         the case is closed, and moves by a final ruling, or a settlement to which the holder agreed, and by
///         nothing else. Times are inclusive: a step with the deadline t may be taken in a block of time t.
/// @dev Trust: nobody has a role here but the upgrader, which is the timelock. Governance names adjudicators and
///      subjects of *later* cases in `ICourtRules`; no function lets anyone slash, rule or redirect money outside a
///      case. The respondent is the holder of the licence, who does not change while a case is open.
interface ICourt {
    enum Phase {
        None,
        Responding,
        Mediation,
        Deciding,
        Appealable,
        Decided,
        Closed
    }

    enum Outcome {
        None,
        Dismissed,
        Upheld,
        Settled,
        Lapsed
    }

    /// @dev `round` is 0 until a first ruling or a declined mediation; `roundOf` counts time too. `deadline` belongs to
    ///      the last step taken. `feeUnits`: fees earned so far, one per arbitrator and round. `paid` is everything paid
    ///      so far, out of stake, deposit or debt; `owed` what the debtor still owes.
    struct Case {
        uint256 licenseId;
        address challenger;
        Outcome outcome;
        uint8 round;
        uint64 openedAt;
        uint64 breachAt;
        uint64 deadline;
        uint64 roundBegan;
        uint64 closedAt;
        bytes32 claimHash;
        bytes32 evidenceHash;
        address subject;
        uint256 subjectId;
        uint128 challengerOffer;
        uint128 respondentOffer;
        uint32 feeUnits;
        address debtor;
        Parts paid;
        Parts owed;
        uint256 usersClaimed;
    }

    /// @dev What closing pays: taken + deposit − depositReturned = sum of `paid`.
    struct Preview {
        Outcome outcome;
        uint256 taken;
        uint256 depositReturned;
        Parts paid;
        Parts owed;
    }

    error ZeroAddress();
    error ZeroHash();
    error ZeroAmount();
    error UnknownCase(uint256 caseId);
    error UnknownLicense(uint256 licenseId);
    error WrongPhase(uint256 caseId, Phase phase);
    error OwnLicense(uint256 licenseId, address challenger);
    error NoStake(uint256 licenseId);
    error BreachInFuture(uint256 breachAt);
    error BreachTooOld(uint256 breachAt, uint256 limitation);
    error HoldingTooSmall(address challenger, uint256 balance, uint256 required);
    error EvidenceUsed(uint256 licenseId, bytes32 evidenceHash, uint256 caseId);
    error SubjectNotAllowed(address subject);
    error NotParty(uint256 caseId, address account);
    error NotRespondent(uint256 caseId, address account);
    error NotAdjudicator(uint256 caseId, address account);
    error SettlementTooSmall(uint256 caseId, uint256 amount, uint256 least);
    error SettlementNotCovered(uint256 caseId, uint256 amount, uint256 covered);
    error OfferMismatch(uint256 caseId, uint256 offered, uint256 accepted);
    error InvalidAward(uint256 sum);
    error ChallengerShareTooHigh(uint256 challengerBps, uint256 cap);
    error InvalidReparation(bool upheld, uint256 reparation);
    error InvalidImpact(bytes32 impactRoot, uint256 impactShares);
    error AlreadyClaimed(uint256 caseId, address account);
    error InvalidProof(uint256 caseId, address account);
    error ClaimWindowOver(uint256 caseId, uint256 closesAt);
    error ClaimWindowOpen(uint256 caseId, uint256 closesAt);
    error NothingLeft(uint256 caseId);
    error NoDebt(uint256 caseId);

    event CaseOpened(
        uint256 indexed caseId,
        uint256 indexed licenseId,
        address indexed challenger,
        address respondent,
        uint256 breachAt,
        bytes32 claimHash,
        bytes32 evidenceHash,
        address subject,
        uint256 subjectId
    );
    event TermsFixed(uint256 indexed caseId, Terms terms);
    event Responded(uint256 indexed caseId, address indexed respondent, bytes32 evidenceHash);
    event EvidenceAdded(uint256 indexed caseId, address indexed party, bytes32 evidenceHash);
    event SettlementProposed(uint256 indexed caseId, address indexed party, uint256 amount);
    event MediationDeclined(uint256 indexed caseId, address indexed party);
    event CaseSettled(uint256 indexed caseId, address indexed acceptedBy, uint256 amount);
    event Ruled(
        uint256 indexed caseId, uint256 indexed round, address indexed adjudicator, Ruling ruling, uint256 feeUnits
    );
    event Appealed(uint256 indexed caseId, address indexed party, uint256 round, bytes32 evidenceHash);
    event RoundBegan(uint256 indexed caseId, uint256 round);
    event CaseClosed(
        uint256 indexed caseId, uint256 indexed licenseId, address indexed respondent, Outcome outcome, uint256 taken
    );
    event PartsPaid(uint256 indexed caseId, Parts parts);
    event DepositReturned(uint256 indexed caseId, address indexed challenger, uint256 amount);
    event DebtRecorded(uint256 indexed caseId, address indexed debtor, Parts owed);
    event DebtPaid(uint256 indexed caseId, address indexed debtor, address indexed payer, Parts parts, uint256 left);
    event Claimed(uint256 indexed caseId, address indexed account, uint256 shares, uint256 amount);
    event UnclaimedSwept(uint256 indexed caseId, uint256 amount);
    /// @notice Opens a case against the deposit and locks the licence's stake.
    /// @param breachAt When the obligation was breached; not longer ago than the limitation.
    /// @param claimHash Hash of the statement of claim.
    /// @param evidenceHash Hash of the bundle of evidence. One open case per licence and hash, and none any more once
    ///        a ruling on it is final.
    /// @param subject Contract that keeps the disputed thing, zero when there is none.
    function open(
        uint256 licenseId,
        uint256 breachAt,
        bytes32 claimHash,
        bytes32 evidenceHash,
        address subject,
        uint256 subjectId
    ) external returns (uint256 caseId);

    /// @notice The respondent's answer; mediation begins at once.
    function respond(uint256 caseId, bytes32 evidenceHash) external;

    /// @notice Puts further evidence of a party on record until the case is decided.
    function addEvidence(uint256 caseId, bytes32 evidenceHash) external;

    /// @notice A party's offer; replaces its earlier one.
    function proposeSettlement(uint256 caseId, uint256 amount) external;

    /// @notice Takes the other side's offer, which must be `amount`, and closes the case. Only stake that the holder posted
    ///         itself is taken, and none while another case is open; more than that cannot be settled.
    function acceptSettlement(uint256 caseId, uint256 amount) external;

    /// @notice A party ends the mediation; round 1 begins.
    function declineMediation(uint256 caseId) external;

    /// @notice The verdict of a round. @dev Only the adjudicator that was chosen when the case opened.
    function rule(uint256 caseId, Ruling calldata ruling) external;

    /// @notice A party asks for another round, with new evidence if the hash is not zero.
    function appeal(uint256 caseId, bytes32 evidenceHash) external;

    /// @notice Executes a final ruling. Anyone.
    function close(uint256 caseId) external;

    /// @notice Pays an affected user its part. Anyone, for the account.
    function claim(uint256 caseId, address account, uint256 shares, bytes32[] calldata proof)
        external
        returns (uint256 amount);

    /// @notice Sends what users did not claim in time to the treasury. Anyone.
    function sweepUnclaimed(uint256 caseId) external returns (uint256 amount);

    /// @notice Pays debt of a case, at most what is owed. Anyone, for the debtor.
    function payDebt(uint256 caseId, uint256 amount) external returns (uint256 paid);

    /// @notice What rulings still want from a holder beyond its stake. Not zero: no licence of the holder is active.
    function debtOf(address holder) external view returns (uint256);
    function caseCount() external view returns (uint256);
    function caseOf(uint256 caseId) external view returns (Case memory);
    function termsOf(uint256 caseId) external view returns (Terms memory);

    /// @notice Phase at this moment; silence moves a case on without a transaction.
    function phaseOf(uint256 caseId) external view returns (Phase);

    /// @notice Last moment of the present phase, zero when it has none; in Deciding the moment the case lapses.
    function deadlineOf(uint256 caseId) external view returns (uint256);

    /// @notice Round that is being or was last decided, zero before the first.
    function roundOf(uint256 caseId) external view returns (uint256);

    /// @notice The challenger and the present holder of the licence.
    function partiesOf(uint256 caseId) external view returns (address challenger, address respondent);

    /// @notice Ruling of a round; all zero while there is none. Of a settlement: round 0.
    function rulingOf(uint256 caseId, uint256 round) external view returns (Ruling memory);

    /// @notice Who would be paid how much if the case were closed now with its last ruling.
    function previewClose(uint256 caseId) external view returns (Preview memory);

    /// @notice The case, open or decided by a ruling, that uses this evidence; zero when none.
    function caseOfEvidence(uint256 licenseId, bytes32 evidenceHash) external view returns (uint256);

    /// @notice What a claim of these shares would pay now, the proof aside.
    function claimable(uint256 caseId, address account, uint256 shares) external view returns (uint256);

    /// @notice Last moment to claim, zero when there is nothing to claim.
    function claimsCloseAt(uint256 caseId) external view returns (uint256);
    function isClaimed(uint256 caseId, address account, uint256 shares) external view returns (bool);

    /// @notice Deposits of open cases plus users' parts not claimed yet; the tokens this contract must hold.
    function held() external view returns (uint256 deposits, uint256 usersParts);
}
