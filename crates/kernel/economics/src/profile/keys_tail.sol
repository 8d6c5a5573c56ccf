
    /// @dev Length of "voucher.price." and "voucher.cap." in bits.
    uint256 private constant PRICE_SHIFT = 14 * 8;
    uint256 private constant CAP_SHIFT = 12 * 8;

    /// @notice Price of a voucher of the type, e.g. "dash_cam". No such key exists for an unknown type, and none for a
    ///         text that would have to be cut: two types never share a key.
    function voucherPriceOf(bytes32 deviceType) internal pure returns (bytes32) {
        if (deviceType << (256 - PRICE_SHIFT) != 0) return bytes32(0);
        return bytes32("voucher.price.") | (deviceType >> PRICE_SHIFT);
    }

    /// @notice Greatest number of vouchers of the type.
    function voucherCapOf(bytes32 deviceType) internal pure returns (bytes32) {
        if (deviceType << (256 - CAP_SHIFT) != 0) return bytes32(0);
        return bytes32("voucher.cap.") | (deviceType >> CAP_SHIFT);
    }

    /// @notice Who approves licences of a kind, 1 provider to 6 broker; zero (no key) for others.
    function approvalOf(uint256 kind) internal pure returns (bytes32) {
        if (kind == 1) return LICENSE_APPROVAL_PROVIDER;
        if (kind == 2) return LICENSE_APPROVAL_CLIENT;
        if (kind == 3) return LICENSE_APPROVAL_NODE;
        if (kind == 4) return LICENSE_APPROVAL_APP;
        if (kind == 5) return LICENSE_APPROVAL_OPERATOR;
        if (kind == 6) return LICENSE_APPROVAL_BROKER;
        return bytes32(0);
    }

    /// @notice Stake factor of a functionality class, 0 to 6; zero (no key) for others.
    function classFactorOf(uint256 class) internal pure returns (bytes32) {
        if (class > 6) return bytes32(0);
        return bytes32(uint256(STAKE_CLASS_BPS_0) + (class << (256 - 17 * 8)));
    }
}
