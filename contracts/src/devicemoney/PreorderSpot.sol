// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {IDeviceDirectory} from "../interfaces/IDeviceDirectory.sol";
import {IDeviceEscrow} from "../interfaces/IDeviceEscrow.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IMintVoucher} from "../interfaces/IMintVoucher.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IPreorderSpot} from "../interfaces/IPreorderSpot.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";

/// @title Pre-order spots
contract PreorderSpot is
    IPreorderSpot,
    ERC721Upgradeable,
    AccessControlUpgradeable,
    ReentrancyGuardTransient,
    EmergencyPausable,
    UUPSUpgradeable
{
    using SafeERC20 for IERC20;

    /// @dev Publishes standard terms besides the team.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");
    /// @notice Most spots of one purchase.
    uint256 public constant MAX_COUNT = 100;

    bytes32 private constant STORAGE_SLOT = 0xda76d244df2ce9b030f84eb4920088135613df7269bbbe53c63cadb6efe25f00;
    /// @dev Class of the stake vault that the licence holder itself posted.
    uint8 private constant OWN_STAKE = 0;

    /// @dev The contracts that the spots read, and the token of the sales.
    struct Wiring {
        address token;
        address team;
        address book;
        address vault;
        address directory;
        address escrow;
        address vouchers;
    }

    /// @custom:storage-location erc7201:milepost.preorderspot
    struct SpotStorage {
        Wiring wiring;
        uint256 lastSale;
        uint256 lastSpot;
        uint256 held;
        mapping(bytes32 id => bytes32 textHash) terms;
        mapping(uint256 saleId => Sale) sales;
        mapping(uint256 spot => Spot) spots;
        mapping(uint256 voucher => uint256 spot) spotOfVoucher;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; GOVERNANCE_ROLE is granted to the timelock.
    function initialize(Wiring calldata wiring, address admin) external initializer {
        if (
            wiring.token == address(0) || wiring.team == address(0) || wiring.book == address(0)
                || wiring.vault == address(0) || wiring.directory == address(0) || wiring.escrow == address(0)
                || wiring.vouchers == address(0) || admin == address(0)
        ) revert ZeroAddress();
        __ERC721_init("DIMO Device Pre-order", "DIMO/PREORDER");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _spots().wiring = wiring;
    }

    /// @inheritdoc IPreorderSpot
    function publishTerms(bytes32 id, bytes32 textHash, string calldata uri) external {
        SpotStorage storage s = _spots();
        if (!hasRole(GOVERNANCE_ROLE, msg.sender) && !ITeamRoster(s.wiring.team).isMember(msg.sender)) {
            revert NotTeam(msg.sender);
        }
        if (id == 0 || textHash == 0) revert ZeroHash();
        if (s.terms[id] != 0) revert TermsExist(id);
        s.terms[id] = textHash;
        emit TermsPublished(id, textHash, uri);
    }

    /// @inheritdoc IPreorderSpot
    function openSale(
        uint256 typeLicense,
        uint256 price,
        uint256 quantity,
        uint256 shipBy,
        bytes32 standardTerms,
        bytes32 freeTermsHash,
        string calldata uri
    ) external whenRunning returns (uint256 saleId) {
        if (price == 0 || quantity == 0 || shipBy <= block.timestamp) {
            revert InvalidSale(price, quantity, shipBy);
        }
        SpotStorage storage s = _spots();
        uint256 provider = _checkSeller(s, typeLicense);
        bytes32 text = s.terms[standardTerms];
        if (standardTerms != 0 && text == 0) revert UnknownTerms(standardTerms);
        saleId = ++s.lastSale;
        Sale storage sale = s.sales[saleId];
        sale.providerLicense = provider;
        sale.typeLicense = typeLicense;
        sale.deviceType = ILicenseBook(s.wiring.book).deviceTypeOf(typeLicense);
        sale.price = price;
        sale.quantity = quantity;
        sale.shipBy = shipBy;
        sale.standardTerms = standardTerms;
        sale.freeTermsHash = freeTermsHash;
        sale.termsHash = keccak256(abi.encode(standardTerms, text, freeTermsHash));
        _emitSale(saleId, sale, uri);
    }

    /// @inheritdoc IPreorderSpot
    function cancelSale(uint256 saleId) external {
        SpotStorage storage s = _spots();
        Sale storage sale = _sale(s, saleId);
        if (ILicenseBook(s.wiring.book).holderOf(sale.providerLicense) != msg.sender) {
            revert NotSeller(sale.providerLicense, msg.sender);
        }
        if (sale.cancelled) revert SaleOver(saleId);
        sale.cancelled = true;
        emit SaleCancelled(saleId);
    }

    /// @inheritdoc IPreorderSpot
    function buy(uint256 saleId, uint256 count, bytes32 termsHash)
        external
        whenRunning
        nonReentrant
        returns (uint256 firstSpot)
    {
        if (count == 0 || count > MAX_COUNT) revert CountOutOfRange(count, MAX_COUNT);
        SpotStorage storage s = _spots();
        Sale storage sale = _sale(s, saleId);
        if (sale.cancelled || block.timestamp > sale.shipBy) revert SaleOver(saleId);
        if (!ILicenseBook(s.wiring.book).isActive(sale.typeLicense)) revert TypeNotActive(sale.typeLicense);
        if (sale.termsHash != termsHash) revert TermsDiffer(saleId, sale.termsHash);
        uint256 sold = sale.sold;
        if (sold + count > sale.quantity) revert SoldOut(saleId, sale.quantity, sold + count);
        uint256 price = sale.price;

        firstSpot = s.lastSpot + 1;
        s.lastSpot += count;
        sale.sold = sold + count;
        s.held += price * count;
        for (uint256 i = 0; i < count; ++i) {
            s.spots[firstSpot + i] = Spot(saleId, sold + 1 + i, block.timestamp, 0);
            _mint(msg.sender, firstSpot + i);
        }
        emit SpotsSold(saleId, msg.sender, firstSpot, sold + 1, count, price);
        IERC20(s.wiring.token).safeTransferFrom(msg.sender, address(this), price * count);
    }

    /// @inheritdoc IPreorderSpot
    function redeem(uint256 spot, uint256 voucher) external nonReentrant {
        SpotStorage storage s = _spots();
        address owner = _requireOwned(spot);
        Sale storage sale = s.sales[s.spots[spot].saleId];
        if (s.spotOfVoucher[voucher] != 0) revert VoucherUsed(voucher, s.spotOfVoucher[voucher]);
        bytes32 deviceType = IDeviceEscrow(s.wiring.escrow).typeOf(voucher);
        if (deviceType != sale.deviceType) revert WrongType(voucher, deviceType);
        address seller = ILicenseBook(s.wiring.book).holderOf(sale.providerLicense);
        if (msg.sender != owner && msg.sender != seller) revert NotSpotOwner(spot, msg.sender);
        if (!_isDelivered(s, spot, voucher, owner, sale.providerLicense)) revert NotDelivered(spot, voucher);

        uint256 price = sale.price;
        s.spotOfVoucher[voucher] = spot;
        s.spots[spot].voucher = voucher;
        s.held -= price;
        _burn(spot);
        emit SpotRedeemed(spot, voucher, owner, seller, price);
        IERC20(s.wiring.token).safeTransfer(seller, price);
    }

    /// @inheritdoc IPreorderSpot
    function refund(uint256 spot) external nonReentrant {
        SpotStorage storage s = _spots();
        address owner = _requireOwned(spot);
        if (owner != msg.sender) revert NotSpotOwner(spot, msg.sender);
        Sale storage sale = s.sales[s.spots[spot].saleId];
        if (!_isRefundable(s, sale)) revert NotRefundable(spot, sale.shipBy);
        uint256 price = sale.price;
        s.held -= price;
        _burn(spot);
        emit SpotRefunded(spot, owner, price);
        IERC20(s.wiring.token).safeTransfer(owner, price);
    }

    /// @inheritdoc IPreorderSpot
    function saleOf(uint256 saleId) external view returns (Sale memory) {
        return _spots().sales[saleId];
    }

    /// @inheritdoc IPreorderSpot
    function spotOf(uint256 spot) external view returns (Spot memory) {
        return _spots().spots[spot];
    }

    /// @inheritdoc IPreorderSpot
    function isRefundable(uint256 spot) external view returns (bool) {
        SpotStorage storage s = _spots();
        return _ownerOf(spot) != address(0) && _isRefundable(s, s.sales[s.spots[spot].saleId]);
    }

    /// @inheritdoc IPreorderSpot
    function termsTextOf(bytes32 id) external view returns (bytes32) {
        return _spots().terms[id];
    }

    /// @inheritdoc IPreorderSpot
    function held() external view returns (uint256) {
        return _spots().held;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(IERC165, ERC721Upgradeable, AccessControlUpgradeable)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }

    function _checkSeller(SpotStorage storage s, uint256 typeLicense) private view returns (uint256 provider) {
        ILicenseBook book = ILicenseBook(s.wiring.book);
        // Includes that the provider licence is active.
        if (book.kindOf(typeLicense) != ILicenseBook.Kind.DeviceType || !book.isActive(typeLicense)) {
            revert TypeNotActive(typeLicense);
        }
        provider = book.parentOf(typeLicense);
        if (book.holderOf(provider) != msg.sender) revert NotSeller(provider, msg.sender);
        (uint256 own,,) = IStakeVault(s.wiring.vault).poolOf(provider, OWN_STAKE);
        uint256 required = book.requirementOf(provider);
        if (own < required) revert OwnStakeMissing(provider, own, required);
    }

    function _isDelivered(SpotStorage storage s, uint256 spot, uint256 voucher, address owner, uint256 license)
        private
        view
        returns (bool)
    {
        IDeviceEscrow.Record memory r = IDeviceEscrow(s.wiring.escrow).recordOf(voucher);
        if (r.state == IDeviceEscrow.State.Sold) {
            // The buyer says so; a voucher alone proves no delivery.
            return msg.sender == owner && IMintVoucher(s.wiring.vouchers).ownerOf(voucher) == owner;
        }
        if (r.licenseId != license) return false;
        // A device is transferred without its receiver's consent; without the owner's word only a connected month shows
        // that it is in use.
        if (msg.sender != owner && (r.start < s.spots[spot].boughtAt || r.settled == 0)) return false;
        IDeviceDirectory directory = IDeviceDirectory(s.wiring.directory);
        IDeviceDirectory.Device memory device = r.kind == IDeviceEscrow.DeviceKind.Hardware
            ? directory.hardware(r.deviceId)
            : directory.software(r.deviceId);
        return device.owner == owner;
    }

    function _isRefundable(SpotStorage storage s, Sale storage sale) private view returns (bool) {
        if (sale.cancelled || block.timestamp > sale.shipBy) return true;
        return _hasEnded(s, sale.providerLicense) || _hasEnded(s, sale.typeLicense);
    }

    function _hasEnded(SpotStorage storage s, uint256 license) private view returns (bool) {
        return ILicenseBook(s.wiring.book).endedAt(license) != 0;
    }

    function _sale(SpotStorage storage s, uint256 saleId) private view returns (Sale storage sale) {
        sale = s.sales[saleId];
        if (sale.price == 0) revert UnknownSale(saleId);
    }

    function _emitSale(uint256 saleId, Sale storage sale, string calldata uri) private {
        Sale memory m = sale;
        emit SaleOpened(
            saleId,
            m.providerLicense,
            m.typeLicense,
            m.deviceType,
            m.price,
            m.quantity,
            m.shipBy,
            m.standardTerms,
            m.freeTermsHash,
            m.termsHash,
            uri
        );
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return IParameters(ILicenseBook(_spots().wiring.book).parameters());
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _spots() private pure returns (SpotStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
