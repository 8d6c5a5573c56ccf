//! What the tests call. Only signatures: a mismatch with an artifact is a revert in every history.

use alloy_sol_types::sol;

sol! {
    interface Token {
        function initialize(address admin) external;
        function mint(address to, uint256 amount) external;
        function approve(address spender, uint256 amount) external returns (bool);
        function transfer(address to, uint256 amount) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
        function totalSupply() external view returns (uint256);
    }

    interface Roles {
        function grantRole(bytes32 role, address account) external;
    }

    interface Parameters {
        function initialize(string name, uint256 version, bytes32[] keys, uint256[] values, address admin) external;
        function set(bytes32 key, uint256 value) external;
        function raise(bytes32 key, uint256 value) external;
        function setAccount(bytes32 name, address account) external;
    }

    interface Roster {
        function initialize(address parameters, address admin) external;
        function appoint(address account, uint256 until) external;
        function renew(address account, uint256 until) external;
        function declareConflict(address party, bool conflict) external;
    }

    interface Peg {
        function initialize(address parameters, address admin) external;
        function rebase() external returns (uint256);
        function price() external view returns (uint256);
    }

    #[derive(Debug, PartialEq, Eq)]
    struct LicenseInfo {
        uint8 kind;
        uint8 state;
        bool recommended;
        uint8 class;
        address holder;
        uint64 appliedAt;
        uint64 approvedAt;
        uint64 suspendedAt;
        uint64 endedAt;
        uint64 graceUntil;
        uint64 users;
        uint128 units;
        address authority;
        uint256 parent;
        bytes32 deviceType;
        bytes32 applicationHash;
        uint256 raised;
        uint256 baseAtApproval;
        uint256 graceRequirement;
    }

    interface Book {
        function initialize(address token, address parameters, address roster, address admin) external;
        function setStakeVault(address vault) external;
        function setStakeTerms(address terms) external;
        function setCourt(address court) external;
        function applyFor(uint8 kind, bytes32 applicationHash) external;
        function applyForDeviceType(uint256 parent, bytes32 deviceType, bytes32 applicationHash) external;
        function withdrawApplication(uint256 id) external;
        function decide(uint256 id, bool approved, bytes32 analysisHash) external;
        function overrule(uint256 id, bytes32 analysisHash) external;
        function suspend(uint256 id, bytes32 analysisHash) external;
        function reinstate(uint256 id, bytes32 analysisHash) external;
        function revoke(uint256 id, bytes32 analysisHash) external;
        function renounce(uint256 id) external;
        function release(uint256 id) external;
        function reassign(uint256 id, address to, bytes32 reasonHash) external;
        function raiseRequirement(uint256 id, uint256 amount, bytes32 reasonHash) external;
        function reportUsage(uint256 id, uint64 users, uint128 units, uint8 class) external;
        function reportMonth(uint256 id, uint256 month, uint64 users) external;
        function payBurn(uint256 id, uint256 month) external;
        function licenseInfo(uint256 id) external view returns (LicenseInfo);
        function lastId() external view returns (uint256);
        function licenseOf(address holder, uint8 kind) external view returns (uint256);
        function requirementOf(uint256 id) external view returns (uint256);
        function isActive(uint256 id) external view returns (bool);
        function isCovered(uint256 id) external view returns (bool);
        function burnDue(uint256 id) external view returns (uint256 month, uint256 amount, uint256 dueAt);
    }

    interface StakeVault {
        function initialize(address token, address book, address parameters, address admin) external;
        function stake(uint256 id, uint256 amount) external;
        function lend(uint256 id, uint256 amount, uint64 dueAt) external;
        function withdraw(uint256 id, uint8 class, uint256 amount) external;
        function stakeOf(uint256 id) external view returns (uint256);
        function countedStakeOf(uint256 id) external view returns (uint256);
        function openChallenges(uint256 id) external view returns (uint256);
        function poolOf(uint256 id, uint8 class) external view returns (uint256 amount, uint256 shares, uint256 epoch);
        function postedBy(uint256 id, uint8 class, address poster) external view returns (uint256);
        function withdrawable(uint256 id) external view returns (uint256);
        function releaseAt(uint256 id) external view returns (uint256);
        function loanDueAt(uint256 id) external view returns (uint256);
        function totalStaked() external view returns (uint256);
    }

    struct AwardBps {
        uint16 burnBps;
        uint16 usersBps;
        uint16 challengerBps;
        uint16 treasuryBps;
    }

    struct RulingInput {
        bool upheld;
        uint256 reparation;
        AwardBps award;
        bytes32 opinionHash;
        bytes32 impactRoot;
        uint256 impactShares;
    }

    struct CaseParts {
        uint256 fees;
        uint256 challenger;
        uint256 users;
        uint256 treasury;
        uint256 burned;
    }

    struct CaseInfo {
        uint256 licenseId;
        address challenger;
        uint8 outcome;
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
        CaseParts paid;
        CaseParts owed;
        uint256 usersClaimed;
    }

    interface CourtRules {
        function initialize(address parameters, address admin) external;
        function setAdjudicator(uint8 kind, address adjudicator) external;
        function setSubject(address subject, bool allowed) external;
    }

    interface CourtContract {
        function initialize(address token, address parameters, address rules, address licenses, address vault,
            address admin) external;
        function open(uint256 licenseId, uint256 breachAt, bytes32 claimHash, bytes32 evidenceHash, address subject,
            uint256 subjectId) external;
        function respond(uint256 caseId, bytes32 evidenceHash) external;
        function proposeSettlement(uint256 caseId, uint256 amount) external;
        function acceptSettlement(uint256 caseId, uint256 amount) external;
        function declineMediation(uint256 caseId) external;
        function rule(uint256 caseId, RulingInput ruling) external;
        function appeal(uint256 caseId, bytes32 evidenceHash) external;
        function close(uint256 caseId) external;
        function claim(uint256 caseId, address account, uint256 shares, bytes32[] proof) external;
        function sweepUnclaimed(uint256 caseId) external;
        function payDebt(uint256 caseId, uint256 amount) external;
        function debtOf(address holder) external view returns (uint256);
        function caseCount() external view returns (uint256);
        function caseOf(uint256 caseId) external view returns (CaseInfo);
        function phaseOf(uint256 caseId) external view returns (uint8);
        function held() external view returns (uint256 deposits, uint256 usersParts);
    }

    interface Vouchers {
        function initialize(address parameters, address team, address token, address admin) external;
        function setEscrow(address escrow) external;
        function setCurrency(uint256 currency, address token) external;
        function buyFor(address to, bytes32 deviceType, uint256 count, uint256 maxCost) external;
        function addType(bytes32 deviceType, bytes32 specificationHash) external;
        function setTypeTerms(bytes32 deviceType, uint256 price, uint256 cap) external;
        function transferFrom(address from, address to, uint256 voucher) external;
        function ownerOf(uint256 voucher) external view returns (address);
        function lastId() external view returns (uint256);
    }

    struct EscrowWiring {
        address parameters;
        address team;
        address book;
        address directory;
        address attestations;
        address vouchers;
    }

    interface EscrowContract {
        function initialize(EscrowWiring wiring, address admin) external;
        function bond(uint256 voucher, uint8 kind, uint256 deviceId) external;
        function settle(uint256 voucher, uint256 period, address owner, uint256 rootId, bytes32[] proof) external;
        function reportMalfunction(uint256 voucher, bytes32 evidenceHash) external;
        function contestMalfunction(uint256 voucher, bytes32 evidenceHash) external;
        function decideMalfunction(uint256 voucher, bool upheld, bytes32 reasonHash) external;
        function finalizeMalfunction(uint256 voucher) external;
        function claimStream(uint256 voucher) external;
        function disconnect(uint256 voucher) external;
        function close(uint256 voucher) external;
        function noteRevocation(uint256 licenseId) external;
    }

    struct EscrowTotals {
        uint256 burned;
        uint256 provider;
        uint256 team;
        uint256 treasury;
    }

    struct EscrowInfo {
        uint8 state;
        uint8 stop;
        bool contested;
        bytes32 deviceType;
        uint256 number;
        uint256 price;
        address token;
        EscrowTotals totals;
        uint256 months;
        uint256 monthsPaid;
        uint256 monthsStreamed;
        uint8 kind;
        uint256 deviceId;
        uint256 licenseId;
        uint256 start;
        uint256 settledUntil;
        uint256 since;
        address streamOwner;
        uint256 held;
    }

    struct EscrowAccount {
        uint256 burned;
        uint256 provider;
        uint256 team;
        uint256 user;
        uint256 treasury;
        uint256 held;
    }

    interface Lens {
        function escrowOf(uint256 voucher) external view returns (EscrowInfo);
        function accountOf(uint256 voucher) external view returns (EscrowAccount);
    }

    interface Attestations {
        function initialize(address parameters, address book, address admin) external;
        function post(bytes32 root, string uri) external;
        function withdraw(uint256 rootId) external;
        function stateOf(uint256 rootId) external view returns (uint8);
    }
}
