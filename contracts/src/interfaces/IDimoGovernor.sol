// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title What the governor adds to OpenZeppelin's: levels and the voter cap
/// @dev docs/specs/economy.md §7. Rules of a proposal are fixed when it is made; later changes of the parameters do not
///      touch it.
interface IDimoGovernor {
    /// @dev `level` 1 to 3; a proposal passes with for > `forBps` of for + against, and for + against + abstain at
    ///      least `quorumBps` of the supply; no voter counts for more than `capBps` of the supply.
    struct Rules {
        uint8 level;
        uint16 forBps;
        uint16 quorumBps;
        uint16 capBps;
    }

    error ZeroAddress();
    error InvalidLevel(uint256 level);
    /// @dev The windows are seconds, so the votes must be, too.
    error UnsupportedClock(string mode);

    event LevelSet(address indexed target, bytes4 indexed selector, uint256 level);
    event ProposalRulesFixed(
        uint256 indexed proposalId, uint256 level, uint256 forBps, uint256 quorumBps, uint256 capBps
    );

    /// @notice Sets the level of calls of `selector` on `target`. @dev Only by a vote, which is itself of level 3.
    function setLevel(address target, bytes4 selector, uint256 level) external;

    /// @notice Level of one call, 1 to 3.
    /// @dev Always 3, whatever was set: calls on the governor and the timelock; on any contract what changes its code,
    ///      modules, roles or owner, names the contracts and accounts of the economy, or mints votes (economy rules,
    ///      section 7); `Parameters.adopt`, and `gov.*` in `set` and `setMany`. Otherwise a simple majority could lower
    ///      the bar first and step over it then.
    function levelOf(address target, bytes calldata data) external view returns (uint256);

    /// @notice Rules of a proposal; all zero when it does not exist.
    function rulesOf(uint256 proposalId) external view returns (Rules memory);

    /// @notice Votes that the proposal needs, abstentions included.
    function proposalQuorum(uint256 proposalId) external view returns (uint256);

    /// @notice The most that one voter counts for on the proposal.
    function voterCap(uint256 proposalId) external view returns (uint256);
}
