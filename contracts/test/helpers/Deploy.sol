// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";

import {Sacd} from "../../src/access/Sacd.sol";
import {Template} from "../../src/access/Template.sol";
import {AftermarketDeviceId} from "../../src/device/AftermarketDeviceId.sol";
import {Connections} from "../../src/device/Connections.sol";
import {DeviceStanding} from "../../src/device/DeviceStanding.sol";
import {ManufacturerId} from "../../src/device/ManufacturerId.sol";
import {SyntheticDeviceId} from "../../src/device/SyntheticDeviceId.sol";
import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {AdminPriceProvider} from "../../src/license/AdminPriceProvider.sol";
import {DevLicenseDimo} from "../../src/license/DevLicenseDimo.sol";
import {LicenseAccount} from "../../src/license/LicenseAccount.sol";
import {LicenseAccountFactory} from "../../src/license/LicenseAccountFactory.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {DIMORegistry} from "../../src/registry/DIMORegistry.sol";
import {AccessControlModule} from "../../src/registry/modules/AccessControlModule.sol";
import {AftermarketDeviceModule} from "../../src/registry/modules/AftermarketDeviceModule.sol";
import {CombinedMintModule} from "../../src/registry/modules/CombinedMintModule.sol";
import {ManufacturerModule} from "../../src/registry/modules/ManufacturerModule.sol";
import {MapperModule} from "../../src/registry/modules/MapperModule.sol";
import {MulticallModule} from "../../src/registry/modules/MulticallModule.sol";
import {PairingModule} from "../../src/registry/modules/PairingModule.sol";
import {SharedModule} from "../../src/registry/modules/SharedModule.sol";
import {SignatureModule} from "../../src/registry/modules/SignatureModule.sol";
import {SyntheticDeviceModule} from "../../src/registry/modules/SyntheticDeviceModule.sol";
import {VehicleModule} from "../../src/registry/modules/VehicleModule.sol";
import {StakeTerms} from "../../src/stake/StakeTerms.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {StorageNode} from "../../src/vehicle/StorageNode.sol";
import {VehicleId} from "../../src/vehicle/VehicleId.sol";
import {IRegistry} from "./IRegistry.sol";
import {ProfileLoader} from "./Profile.sol";
import {Vm} from "./Vm.sol";

/// @dev What DEPLOY.md creates for the registry and its provider licences. The admin holds COURT_ROLE in place of the
///      court, so that tests may slash.
struct Deployment {
    IRegistry registry;
    DimoToken token;
    Sacd sacd;
    Template template;
    ManufacturerId manufacturerId;
    VehicleId vehicleId;
    AftermarketDeviceId adId;
    SyntheticDeviceId sdId;
    Connections connections;
    StorageNode storageNode;
    DeviceStanding standing;
    Parameters parameters;
    TeamRoster roster;
    LicenseBook book;
    StakeVault vault;
    AdminPriceProvider price;
    UpgradeableBeacon beacon;
    LicenseAccountFactory accountFactory;
    DevLicenseDimo devLicense;
}

/// @title DEPLOY.md as code
abstract contract Deploy is ProfileLoader {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant DEV_PRICE = 0.05e18;
    uint256 internal constant DEV_LICENSE_COST = 100e18;
    string internal constant DEFAULT_NODE_LABEL = "DIMO-Storage-Node-Default";

    string private _registryJson;

    function _deploy(address admin, address foundation) internal returns (Deployment memory d) {
        d = _create(admin, foundation);
        vm.startPrank(admin);
        _wireModules(address(d.registry));
        _wireAddresses(d, foundation);
        _wireAttributes(d.registry);
        d.sacd.setTemplateContract(address(d.template));
        _grantRoles(d, admin);
        d.registry
            .setDefaultStorageNodeId(
                d.storageNode.mint(foundation, foundation, DEFAULT_NODE_LABEL, "https://storage.invalid")
            );
        vm.stopPrank();
    }

    function _proxy(address implementation, bytes memory data) internal returns (address) {
        return address(new ERC1967Proxy(implementation, data));
    }

    function _selectors(string memory module) internal returns (bytes4[] memory selectors) {
        if (bytes(_registryJson).length == 0) {
            _registryJson = vm.readFile(string.concat(vm.projectRoot(), "/artifacts/DIMORegistry.combined.json"));
        }
        string[] memory signatures = vm.parseJsonKeys(_registryJson, string.concat(".modules.", module));
        selectors = new bytes4[](signatures.length);
        for (uint256 i = 0; i < signatures.length; ++i) {
            selectors[i] = bytes4(keccak256(bytes(signatures[i])));
        }
    }

    function _create(address admin, address foundation) private returns (Deployment memory d) {
        address registry = address(new DIMORegistry(admin));
        d.registry = IRegistry(registry);
        bytes memory onlyAdmin = abi.encodeWithSignature("initialize(address)", admin);
        d.token = DimoToken(_proxy(address(new DimoToken()), onlyAdmin));
        d.sacd = Sacd(_proxy(address(new Sacd()), onlyAdmin));
        d.template = Template(_proxy(address(new Template()), onlyAdmin));
        bytes memory nft =
            abi.encodeWithSignature("initialize(address,address,address)", registry, address(d.sacd), admin);
        d.manufacturerId = ManufacturerId(_proxy(address(new ManufacturerId()), nft));
        d.vehicleId = VehicleId(_proxy(address(new VehicleId()), nft));
        d.adId = AftermarketDeviceId(_proxy(address(new AftermarketDeviceId()), nft));
        d.sdId = SyntheticDeviceId(_proxy(address(new SyntheticDeviceId()), nft));
        d.connections = Connections(
            _proxy(address(new Connections()), abi.encodeCall(Connections.initialize, (address(d.sacd), admin)))
        );
        d.storageNode = StorageNode(_proxy(address(new StorageNode()), onlyAdmin));
        d.standing = DeviceStanding(_proxy(address(new DeviceStanding()), onlyAdmin));
        _createLicenses(d, admin);
        d.price = new AdminPriceProvider(admin, DEV_PRICE, 0);
        d.beacon = new UpgradeableBeacon(address(new LicenseAccount()), admin);
        d.accountFactory = new LicenseAccountFactory(address(d.beacon));
        d.devLicense = DevLicenseDimo(
            _proxy(
                address(new DevLicenseDimo()),
                abi.encodeCall(
                    DevLicenseDimo.initialize,
                    (admin, foundation, address(d.accountFactory), address(d.price), address(d.token), DEV_LICENSE_COST)
                )
            )
        );
    }

    function _createLicenses(Deployment memory d, address admin) private {
        d.parameters = _deployParameters("seed", admin);
        d.roster = _deployRoster(d.parameters, admin);
        d.book = LicenseBook(
            _proxy(
                address(new LicenseBook()),
                abi.encodeCall(
                    LicenseBook.initialize, (address(d.token), address(d.parameters), address(d.roster), admin)
                )
            )
        );
        d.vault = StakeVault(
            _proxy(
                address(new StakeVault()),
                abi.encodeCall(StakeVault.initialize, (address(d.token), address(d.book), address(d.parameters), admin))
            )
        );
    }

    function _wireModules(address registry) private {
        _addModule(registry, address(new AccessControlModule()), "AccessControlModule");
        _addModule(registry, address(new SignatureModule()), "SignatureModule");
        _addModule(registry, address(new SharedModule()), "SharedModule");
        _addModule(registry, address(new MapperModule()), "MapperModule");
        _addModule(registry, address(new MulticallModule()), "MulticallModule");
        _addModule(registry, address(new ManufacturerModule()), "ManufacturerModule");
        _addModule(registry, address(new VehicleModule()), "VehicleModule");
        _addModule(registry, address(new AftermarketDeviceModule()), "AftermarketDeviceModule");
        _addModule(registry, address(new PairingModule()), "PairingModule");
        _addModule(registry, address(new SyntheticDeviceModule()), "SyntheticDeviceModule");
        _addModule(registry, address(new CombinedMintModule()), "CombinedMintModule");
    }

    function _addModule(address registry, address module, string memory name) private {
        DIMORegistry(registry).addModule(module, _selectors(name));
    }

    function _wireAddresses(Deployment memory d, address foundation) private {
        d.registry.setManufacturerIdProxyAddress(address(d.manufacturerId));
        d.registry.setVehicleIdProxyAddress(address(d.vehicleId));
        d.registry.setAftermarketDeviceIdProxyAddress(address(d.adId));
        d.registry.setSyntheticDeviceIdProxyAddress(address(d.sdId));
        d.registry.setSacd(address(d.sacd));
        d.registry.setDimoToken(address(d.token));
        d.registry.setFoundation(foundation);
        d.registry.setManufacturerLicense(address(d.book));
        d.registry.setConnectionsManager(address(d.connections));
        d.registry.setDeviceStanding(address(d.standing));
        d.registry.setStorageNode(address(d.storageNode));
    }

    function _wireAttributes(IRegistry registry) private {
        registry.addVehicleAttribute("Make");
        registry.addVehicleAttribute("Model");
        registry.addVehicleAttribute("Year");
        registry.addVehicleAttribute("ImageURI");
        registry.addVehicleAttribute("DefinitionURI");
        registry.addAftermarketDeviceAttribute("Serial");
        registry.addAftermarketDeviceAttribute("IMEI");
        registry.addAftermarketDeviceAttribute("DefinitionURI");
        registry.addAftermarketDeviceAttribute("HardwareRevision");
        registry.addAftermarketDeviceAttribute("DevEUI");
    }

    function _grantRoles(Deployment memory d, address admin) private {
        bytes32[13] memory roles = [
            Roles.MINT_MANUFACTURER_ROLE,
            Roles.SET_MANUFACTURER_INFO_ROLE,
            Roles.MINT_VEHICLE_ROLE,
            Roles.BURN_VEHICLE_ROLE,
            Roles.CLAIM_AD_ROLE,
            Roles.PAIR_AD_ROLE,
            Roles.UNPAIR_AD_ROLE,
            Roles.BURN_SD_ROLE,
            Roles.SET_VEHICLE_INFO_ROLE,
            Roles.SET_AD_INFO_ROLE,
            Roles.SET_SD_INFO_ROLE,
            Roles.ADMIN_CLAIM_AD_ROLE,
            Roles.MINT_SD_ROLE
        ];
        for (uint256 i = 0; i < roles.length; ++i) {
            d.registry.grantRole(roles[i], admin);
        }
        d.book.grantRole(d.book.GOVERNANCE_ROLE(), admin);
        d.book.setStakeVault(address(d.vault));
        d.book.setStakeTerms(address(new StakeTerms(address(d.parameters), address(0))));
        d.vault.grantRole(d.vault.COURT_ROLE(), admin);
        d.standing.grantRole(d.standing.TEAM_ROLE(), admin);
        d.connections.grantRole(d.connections.MINTER_ROLE(), admin);
        d.connections.grantRole(d.connections.REVOKER_ROLE(), admin);
        d.storageNode.grantRole(d.storageNode.MINTER_ROLE(), admin);
        d.devLicense.grantRole(d.devLicense.LICENSE_ADMIN_ROLE(), admin);
        d.devLicense.grantRole(d.devLicense.REVOKER_ROLE(), admin);
        d.devLicense.grantRole(d.devLicense.COURT_ROLE(), admin);
    }
}
