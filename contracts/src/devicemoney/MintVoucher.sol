// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {IDeviceEscrow} from "../interfaces/IDeviceEscrow.sol";
import {IMintVoucher} from "../interfaces/IMintVoucher.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";
import {EscrowMath} from "./EscrowMath.sol";

/// @title Minting voucher NFT
/// @dev Holds no money. Type and number of a voucher live in the escrow, in the one slot that a sale writes there.
contract MintVoucher is
    IMintVoucher,
    ERC721Upgradeable,
    AccessControlUpgradeable,
    ReentrancyGuardTransient,
    EmergencyPausable,
    UUPSUpgradeable
{
    using BitMaps for BitMaps.BitMap;
    using SafeERC20 for IERC20;

    /// @dev Adds types and prices them.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");
    /// @notice Most vouchers of one purchase.
    uint256 public constant MAX_COUNT = 100;

    bytes32 private constant STORAGE_SLOT = 0xffd49aba7ce2be6e4ea19df7c8c2f58edee55422d67b3cde030b0ab9ac8e6700;
    uint256 private constant BPS = 10_000;
    /// @dev A parameter key has at most 31 characters and the longer prefix, "voucher.price.", has 14.
    uint256 private constant MAX_KEY_LENGTH = 17;
    uint256 private constant PRICE_PREFIX_BITS = 112;
    uint256 private constant CAP_PREFIX_BITS = 96;

    struct TypeRecord {
        bool known;
        bool fromParameters;
        bool priced;
        uint64 sold;
        uint256 price;
        uint256 cap;
    }

    /// @custom:storage-location erc7201:milepost.mintvoucher
    struct VoucherStorage {
        IParameters parameters;
        ITeamRoster team;
        IDeviceEscrow escrow;
        uint256 lastId;
        bytes32[] keys;
        mapping(bytes32 key => TypeRecord) types;
        BitMaps.BitMap bonded;
        mapping(uint256 currency => address token) currencies;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param token Currency 0.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; GOVERNANCE_ROLE is granted to the timelock.
    function initialize(address parameters, address team, address token, address admin) external initializer {
        if (parameters == address(0) || team == address(0) || token == address(0) || admin == address(0)) {
            revert ZeroAddress();
        }
        __ERC721_init("DIMO Device Minting Voucher", "DIMO/VOUCHER");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        VoucherStorage storage s = _vouchers();
        s.parameters = IParameters(parameters);
        s.team = ITeamRoster(team);
        s.currencies[0] = token;
        emit CurrencySet(0, token);
        bytes32[6] memory initial = [
            bytes32("software"), bytes32("dongle"), bytes32("hub"), bytes32("dash_cam"), bytes32("fleet"), bytes32("ai")
        ];
        for (uint256 i = 0; i < initial.length; ++i) {
            TypeRecord storage record = s.types[initial[i]];
            record.known = true;
            record.fromParameters = true;
            s.keys.push(initial[i]);
            emit TypeAdded(initial[i], 0, admin);
        }
    }

    /// @inheritdoc IMintVoucher
    function buy(bytes32 deviceType_, uint256 count, uint256 maxCost)
        external
        whenRunning
        returns (uint256 firstVoucher)
    {
        return _buy(msg.sender, deviceType_, count, maxCost);
    }

    /// @inheritdoc IMintVoucher
    function buyFor(address to, bytes32 deviceType_, uint256 count, uint256 maxCost)
        external
        whenRunning
        returns (uint256 firstVoucher)
    {
        return _buy(to, deviceType_, count, maxCost);
    }

    /// @inheritdoc IMintVoucher
    function addType(bytes32 deviceType_, bytes32 specificationHash) external {
        VoucherStorage storage s = _vouchers();
        if (!hasRole(GOVERNANCE_ROLE, msg.sender) && !s.team.isMember(msg.sender)) revert NotTeam(msg.sender);
        _checkKey(deviceType_);
        TypeRecord storage record = s.types[deviceType_];
        if (record.known) revert TypeExists(deviceType_);
        record.known = true;
        s.keys.push(deviceType_);
        emit TypeAdded(deviceType_, specificationHash, msg.sender);
    }

    /// @inheritdoc IMintVoucher
    function setTypeTerms(bytes32 deviceType_, uint256 price, uint256 cap) external onlyRole(GOVERNANCE_ROLE) {
        TypeRecord storage record = _vouchers().types[deviceType_];
        if (!record.known) revert UnknownType(deviceType_);
        if (record.fromParameters) revert PriceFromParameters(deviceType_);
        record.priced = true;
        record.price = price;
        record.cap = cap;
        emit TypePriced(deviceType_, price, cap);
    }

    /// @inheritdoc IMintVoucher
    function setCurrency(uint256 currency, address token) external onlyRole(GOVERNANCE_ROLE) {
        if (token == address(0)) revert ZeroAddress();
        _vouchers().currencies[currency] = token;
        emit CurrencySet(currency, token);
    }

    /// @inheritdoc IMintVoucher
    function bondTo(uint256 voucher, address wallet) external {
        VoucherStorage storage s = _vouchers();
        if (msg.sender != address(s.escrow)) revert OnlyEscrow(msg.sender);
        _transfer(_requireOwned(voucher), wallet, voucher);
        s.bonded.set(voucher);
        emit Locked(voucher);
    }

    /// @inheritdoc IMintVoucher
    function setEscrow(address escrow_) external onlyRole(DEFAULT_ADMIN_ROLE) {
        VoucherStorage storage s = _vouchers();
        if (escrow_ == address(0)) revert ZeroAddress();
        if (address(s.escrow) != address(0)) revert EscrowAlreadySet(address(s.escrow));
        s.escrow = IDeviceEscrow(escrow_);
        emit EscrowSet(escrow_);
    }

    /// @inheritdoc IMintVoucher
    function deviceType(bytes32 key) external view returns (DeviceType memory) {
        TypeRecord storage record = _vouchers().types[key];
        if (!record.known) return DeviceType(false, false, false, 0, 0, 0);
        (uint256 price, uint256 cap) = _termsOf(key, record);
        return DeviceType(true, record.fromParameters, record.fromParameters || record.priced, price, cap, record.sold);
    }

    /// @inheritdoc IMintVoucher
    function deviceTypes() external view returns (bytes32[] memory) {
        return _vouchers().keys;
    }

    /// @inheritdoc IMintVoucher
    function typeOf(uint256 voucher) external view returns (bytes32) {
        _requireOwned(voucher);
        return _vouchers().escrow.typeOf(voucher);
    }

    /// @inheritdoc IMintVoucher
    function numberOf(uint256 voucher) external view returns (uint256) {
        _requireOwned(voucher);
        return _vouchers().escrow.numberOf(voucher);
    }

    /// @inheritdoc IMintVoucher
    function locked(uint256 voucher) external view returns (bool) {
        _requireOwned(voucher);
        return _vouchers().bonded.get(voucher);
    }

    /// @inheritdoc IMintVoucher
    function tokenOf(uint256 currency) external view returns (address) {
        return _vouchers().currencies[currency];
    }

    /// @inheritdoc IMintVoucher
    function escrow() external view returns (address) {
        return address(_vouchers().escrow);
    }

    /// @inheritdoc IMintVoucher
    function lastId() external view returns (uint256) {
        return _vouchers().lastId;
    }

    /// @inheritdoc IERC2981
    function royaltyInfo(uint256, uint256 salePrice) external view returns (address receiver, uint256 royaltyAmount) {
        IParameters parameters = _vouchers().parameters;
        receiver = parameters.account("treasury");
        royaltyAmount = Math.mulDiv(salePrice, parameters.get(ParameterKeys.VOUCHER_ROYALTY_BPS), BPS);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(IERC165, ERC721Upgradeable, AccessControlUpgradeable)
        returns (bool)
    {
        // 0xb45a3c0e: ERC-5192.
        return
            interfaceId == type(IERC2981).interfaceId || interfaceId == 0xb45a3c0e
                || super.supportsInterface(interfaceId);
    }

    /// @dev A bonded voucher stays with its device (D3-88).
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        if (_vouchers().bonded.get(tokenId)) revert VoucherBonded(tokenId);
        return super._update(to, tokenId, auth);
    }

    function _buy(address to, bytes32 key, uint256 count, uint256 maxCost)
        private
        nonReentrant
        returns (uint256 firstVoucher)
    {
        VoucherStorage storage s = _vouchers();
        uint256 price = _checkSale(key, count, maxCost);
        TypeRecord storage record = s.types[key];
        uint256 firstNumber = uint256(record.sold) + 1;
        firstVoucher = s.lastId + 1;
        s.lastId += count;
        // At most 100 a purchase: 2^64 is out of reach.
        record.sold += uint64(count);
        for (uint256 i = 0; i < count; ++i) {
            // No receiver callback: no foreign code runs inside a sale.
            _mint(to, firstVoucher + i);
        }
        emit VouchersSold(msg.sender, to, key, firstVoucher, firstNumber, count, price);
        IDeviceEscrow.Terms memory terms = _termsOfSale(key, price);
        s.escrow.open(terms, firstVoucher, firstNumber, count);
        IERC20(terms.token).safeTransferFrom(msg.sender, address(s.escrow), price * count);
    }

    function _termsOfSale(bytes32 key, uint256 price) private view returns (IDeviceEscrow.Terms memory terms) {
        VoucherStorage storage s = _vouchers();
        uint256 currency;
        (terms, currency) = EscrowMath.current(s.parameters, key, price);
        terms.token = s.currencies[currency];
        if (terms.token == address(0)) revert UnknownCurrency(currency);
    }

    function _checkSale(bytes32 key, uint256 count, uint256 maxCost) private view returns (uint256 price) {
        if (count == 0 || count > MAX_COUNT) revert CountOutOfRange(count, MAX_COUNT);
        TypeRecord storage record = _vouchers().types[key];
        if (!record.known) revert UnknownType(key);
        if (!record.fromParameters && !record.priced) revert TypeNotOnSale(key);
        uint256 cap;
        (price, cap) = _termsOf(key, record);
        uint256 wanted = record.sold + count;
        if (cap != 0 && wanted > cap) revert CapReached(key, cap, wanted);
        if (price * count > maxCost) revert CostAboveLimit(price * count, maxCost);
    }

    function _termsOf(bytes32 key, TypeRecord storage record) private view returns (uint256 price, uint256 cap) {
        if (!record.fromParameters) return (record.price, record.cap);
        IParameters parameters = _vouchers().parameters;
        price = parameters.get(bytes32("voucher.price.") | (key >> PRICE_PREFIX_BITS));
        cap = parameters.get(bytes32("voucher.cap.") | (key >> CAP_PREFIX_BITS));
    }

    /// @dev Text without gaps: two keys never look the same.
    function _checkKey(bytes32 key) private pure {
        uint256 length = 0;
        while (length < 32 && key[length] != 0) ++length;
        if (length == 0 || length > MAX_KEY_LENGTH || key << (length * 8) != 0) revert InvalidTypeKey(key);
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _vouchers().parameters;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _vouchers() private pure returns (VoucherStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
