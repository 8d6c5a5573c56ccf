// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Places in the queue for devices that are not made yet (D4-04, D4-05)
/// @notice A licensed maker sells spots of an approved device type (never before, D4-40) and stakes its whole requirement
///         itself (D4-45). The buyer's money stays here until the device is delivered or the spot is refunded. A spot can
///         be traded; all rights are its owner's.
interface IPreorderSpot is IERC721 {
    /// @param typeLicense Approved device-type licence of the sale.
    /// @param quantity Most spots.
    /// @param shipBy Promised: from the second after it spots can be refunded.
    /// @param standardTerms Id of published standard terms, zero for none.
    /// @param freeTermsHash Hash of the seller's own terms, zero for none.
    /// @param termsHash Hash of both, what a buyer agrees to.
    struct Sale {
        uint256 providerLicense;
        uint256 typeLicense;
        bytes32 deviceType;
        uint256 price;
        uint256 quantity;
        uint256 sold;
        uint256 shipBy;
        bytes32 standardTerms;
        bytes32 freeTermsHash;
        bytes32 termsHash;
        bool cancelled;
    }

    /// @param position Place in the queue of the sale, from 1.
    /// @param voucher Voucher that the spot was redeemed for, zero before.
    struct Spot {
        uint256 saleId;
        uint256 position;
        uint256 boughtAt;
        uint256 voucher;
    }

    error ZeroAddress();
    error ZeroHash();
    error NotTeam(address caller);
    error TermsExist(bytes32 id);
    error UnknownTerms(bytes32 id);
    error TypeNotActive(uint256 typeLicense);
    error NotSeller(uint256 license, address caller);
    error OwnStakeMissing(uint256 license, uint256 own, uint256 required);
    error InvalidSale(uint256 price, uint256 quantity, uint256 shipBy);
    error UnknownSale(uint256 saleId);
    error SaleOver(uint256 saleId);
    error CountOutOfRange(uint256 count, uint256 max);
    error SoldOut(uint256 saleId, uint256 quantity, uint256 wanted);
    error TermsDiffer(uint256 saleId, bytes32 termsHash);
    error NotSpotOwner(uint256 spot, address caller);
    error WrongType(uint256 voucher, bytes32 deviceType);
    error VoucherUsed(uint256 voucher, uint256 spot);
    error NotDelivered(uint256 spot, uint256 voucher);
    error NotRefundable(uint256 spot, uint256 shipBy);

    event TermsPublished(bytes32 indexed id, bytes32 textHash, string uri);
    event SaleOpened(
        uint256 indexed saleId,
        uint256 indexed providerLicense,
        uint256 indexed typeLicense,
        bytes32 deviceType,
        uint256 price,
        uint256 quantity,
        uint256 shipBy,
        bytes32 standardTerms,
        bytes32 freeTermsHash,
        bytes32 termsHash,
        string uri
    );
    event SaleCancelled(uint256 indexed saleId);
    event SpotsSold(
        uint256 indexed saleId,
        address indexed buyer,
        uint256 firstSpot,
        uint256 firstPosition,
        uint256 count,
        uint256 price
    );
    event SpotRedeemed(
        uint256 indexed spot, uint256 indexed voucher, address indexed owner, address seller, uint256 price
    );
    event SpotRefunded(uint256 indexed spot, address indexed owner, uint256 price);

    /// @notice Publishes standard terms under an id, for ever: a new version has a new id. Team or governance.
    function publishTerms(bytes32 id, bytes32 textHash, string calldata uri) external;

    /// @notice Opens a sale. Holder of the provider licence above the active device-type licence.
    function openSale(
        uint256 typeLicense,
        uint256 price,
        uint256 quantity,
        uint256 shipBy,
        bytes32 standardTerms,
        bytes32 freeTermsHash,
        string calldata uri
    ) external returns (uint256 saleId);

    /// @notice Ends a sale; its open spots can be refunded at once. Seller.
    function cancelSale(uint256 saleId) external;

    /// @notice Buys spots.
    /// @param termsHash What the buyer agrees to: `termsHash` of the sale.
    function buy(uint256 saleId, uint256 count, bytes32 termsHash) external returns (uint256 firstSpot);

    /// @notice Ends a spot by delivery and pays the seller. By the spot's owner for a voucher of the sale's type that it
    ///         owns (handed over) or that is bonded to its device; by the seller for a voucher that was bonded after the
    ///         spot was bought to a device of this maker and of the spot's owner, once a month of it was settled. Each
    ///         voucher redeems one spot.
    function redeem(uint256 spot, uint256 voucher) external;

    /// @notice Pays the price back. Spot's owner; after the ship-by date, after a cancellation, or once the licence of the
    ///         maker or of the type has ended.
    function refund(uint256 spot) external;

    function saleOf(uint256 saleId) external view returns (Sale memory);
    function spotOf(uint256 spot) external view returns (Spot memory);

    /// @notice True when the owner could have the price back now.
    function isRefundable(uint256 spot) external view returns (bool);

    /// @notice Text hash of standard terms, zero when unknown.
    function termsTextOf(bytes32 id) external view returns (bytes32);

    /// @notice Money of open spots, all of it in this contract.
    function held() external view returns (uint256);
}
