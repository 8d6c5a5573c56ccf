// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Minting vouchers: one is needed for each device
/// @notice Anyone may buy and trade them until they are bonded (D3-88, D3-101). The price goes to the escrow. Price and
///         cap of the six initial types are parameters; those of added types are set by governance.
interface IMintVoucher is IERC721, IERC2981 {
    /// @notice A device type. `cap` 0 means unlimited; `onSale` is false until an added type has a price.
    struct DeviceType {
        bool known;
        bool fromParameters;
        bool onSale;
        uint256 price;
        uint256 cap;
        uint256 sold;
    }

    error ZeroAddress();
    error EscrowAlreadySet(address escrow);
    error OnlyEscrow(address caller);
    error NotTeam(address caller);
    error InvalidTypeKey(bytes32 deviceType);
    error TypeExists(bytes32 deviceType);
    error UnknownType(bytes32 deviceType);
    error TypeNotOnSale(bytes32 deviceType);
    error PriceFromParameters(bytes32 deviceType);
    error CountOutOfRange(uint256 count, uint256 max);
    error CapReached(bytes32 deviceType, uint256 cap, uint256 wanted);
    error CostAboveLimit(uint256 cost, uint256 maxCost);
    error UnknownCurrency(uint256 currency);
    error VoucherBonded(uint256 voucher);

    event EscrowSet(address indexed escrow);
    event TypeAdded(bytes32 indexed deviceType, bytes32 specificationHash, address indexed by);
    event TypePriced(bytes32 indexed deviceType, uint256 price, uint256 cap);
    event CurrencySet(uint256 indexed currency, address indexed token);
    event VouchersSold(
        address indexed buyer,
        address indexed to,
        bytes32 indexed deviceType,
        uint256 firstVoucher,
        uint256 firstNumber,
        uint256 count,
        uint256 price
    );
    /// @dev ERC-5192.
    event Locked(uint256 tokenId);

    /// @notice Buys `count` vouchers for the caller.
    /// @param maxCost Reverts when all of them together cost more.
    function buy(bytes32 deviceType, uint256 count, uint256 maxCost) external returns (uint256 firstVoucher);

    /// @notice Buys for somebody else, e.g. a financing partner for a maker (D3-101). The caller pays.
    function buyFor(address to, bytes32 deviceType, uint256 count, uint256 maxCost)
        external
        returns (uint256 firstVoucher);

    /// @notice Adds a device type (D3-53, D3-08). Team or governance. It is sold once governance has priced it.
    /// @param deviceType Text of 1 to 17 characters, left-aligned.
    function addType(bytes32 deviceType, bytes32 specificationHash) external;

    /// @notice Sets price and cap (0 = unlimited) of an added type. @dev GOVERNANCE_ROLE. A cap below the number sold
    ///         stops the sale; sold vouchers keep their price.
    function setTypeTerms(bytes32 deviceType, uint256 price, uint256 cap) external;

    /// @notice Names the token of a currency (`voucher.currency`). @dev GOVERNANCE_ROLE; sold vouchers keep theirs. The
    ///         token must be burnable by its holder and take no fee.
    function setCurrency(uint256 currency, address token) external;

    /// @notice Moves a voucher to the wallet of its device, for ever. @dev Escrow only.
    function bondTo(uint256 voucher, address wallet) external;

    /// @notice Names the escrow, once. @dev DEFAULT_ADMIN_ROLE: the two contracts refer to each other.
    function setEscrow(address escrow) external;

    /// @notice Price, cap and number sold of a type.
    function deviceType(bytes32 key) external view returns (DeviceType memory);

    /// @notice Keys of all types, in the order of their addition.
    function deviceTypes() external view returns (bytes32[] memory);

    /// @notice Type of a sold voucher.
    function typeOf(uint256 voucher) external view returns (bytes32);

    /// @notice Number of a sold voucher within its type, from 1: decides the team's part (D3-102).
    function numberOf(uint256 voucher) external view returns (uint256);

    /// @notice ERC-5192: true once bonded.
    function locked(uint256 voucher) external view returns (bool);

    /// @notice Token of a currency, zero while governance has not named it.
    function tokenOf(uint256 currency) external view returns (address);
    function escrow() external view returns (address);

    /// @notice Highest id ever sold.
    function lastId() external view returns (uint256);
}
