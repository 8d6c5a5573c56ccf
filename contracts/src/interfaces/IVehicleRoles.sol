// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Parts of a vehicle's ownership, lent for a time (D5-02 … D5-07)
/// @dev Bits: 0 unlock, 1 lock, 2 drive, 3 view, 4 manage. All grants of a vehicle end when its NFT moves or burns.
///      These are roles for functions of the car; access to data is granted in Sacd.
interface IVehicleRoles {
    /// @dev Live while `from` ≤ now < `until`. A `delegated` grant came from a manager and lives at most as long as that
    ///      manager's own grant still covers it.
    struct Grant {
        address grantor;
        uint64 from;
        uint8 roles;
        bool delegable;
        bool delegated;
        uint64 until;
    }

    error ZeroAddress();
    error InvalidRoles(uint256 roles);
    error InvalidPeriod(uint256 from, uint256 until);
    /// @dev Neither the owner nor a manager with these roles, for this time, that may delegate.
    error NotGrantor(uint256 vehicleId, address account);
    /// @dev What a manager passes on cannot be passed on again.
    error NotDelegable(uint256 vehicleId, address account);
    /// @dev A manager cannot replace what somebody else granted.
    error GrantedByOther(uint256 vehicleId, address account, address grantor);
    error NoGrant(uint256 vehicleId, address account);

    event RolesGranted(
        uint256 indexed vehicleId,
        address indexed account,
        address indexed grantor,
        uint256 version,
        uint256 roles,
        uint256 from,
        uint256 until,
        bool delegable
    );
    event RolesRevoked(uint256 indexed vehicleId, address indexed account, address indexed by, uint256 version);

    /// @notice Gives `account` roles from `from` until `until`, in place of what it had.
    /// @dev The vehicle's owner, or a holder of a delegable `manage` for a subset of its own roles and time; then
    ///      `delegable` must be false.
    function grant(uint256 vehicleId, address account, uint8 roles, uint64 from, uint64 until, bool delegable) external;

    /// @notice Ends a grant. @dev The vehicle's owner, the grantor, or the grantee itself.
    function revoke(uint256 vehicleId, address account) external;

    /// @notice True when `account` owns the vehicle, or has every one of `roles` (bit mask, not zero) now.
    function hasRoles(uint256 vehicleId, address account, uint8 roles) external view returns (bool);

    /// @notice Roles that `account` has now; the owner has all. Zero for a vehicle that does not exist.
    function rolesOf(uint256 vehicleId, address account) external view returns (uint8);

    /// @notice The grant on record since the last transfer, live or not; all zero when there is none.
    function grantOf(uint256 vehicleId, address account) external view returns (Grant memory);
}
