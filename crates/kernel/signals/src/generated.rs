//! Written by `cargo xtask generate` from the files in `catalogue/`. @generated

use crate::{DataType, EventDef, Privilege, SignalDef, ValueKind};

/// Definitions, at the index of their id.
pub(crate) static SIGNALS: [SignalDef; 116] = [
    SignalDef { name: "angularVelocityYaw", vss_path: "Vehicle.AngularVelocity.Yaw", unit: Some("degrees/s"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "bodyLightsIsAirbagWarningOn", vss_path: "Vehicle.Body.Lights.IsAirbagWarningOn", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "bodyLockIsLocked", vss_path: "Vehicle.Body.Lock.IsLocked", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "bodyTrunkFrontIsOpen", vss_path: "Vehicle.Body.Trunk.Front.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "bodyTrunkRearIsOpen", vss_path: "Vehicle.Body.Trunk.Rear.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow1DriverSideIsOpen", vss_path: "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow1DriverSideWindowIsOpen", vss_path: "Vehicle.Cabin.Door.Row1.DriverSide.Window.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow1PassengerSideIsOpen", vss_path: "Vehicle.Cabin.Door.Row1.PassengerSide.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow1PassengerSideWindowIsOpen", vss_path: "Vehicle.Cabin.Door.Row1.PassengerSide.Window.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow2DriverSideIsOpen", vss_path: "Vehicle.Cabin.Door.Row2.DriverSide.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow2DriverSideWindowIsOpen", vss_path: "Vehicle.Cabin.Door.Row2.DriverSide.Window.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow2PassengerSideIsOpen", vss_path: "Vehicle.Cabin.Door.Row2.PassengerSide.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinDoorRow2PassengerSideWindowIsOpen", vss_path: "Vehicle.Cabin.Door.Row2.PassengerSide.Window.IsOpen", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow1DriverSideIsBelted", vss_path: "Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow1PassengerSideIsBelted", vss_path: "Vehicle.Cabin.Seat.Row1.PassengerSide.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow2DriverSideIsBelted", vss_path: "Vehicle.Cabin.Seat.Row2.DriverSide.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow2MiddleIsBelted", vss_path: "Vehicle.Cabin.Seat.Row2.Middle.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow2PassengerSideIsBelted", vss_path: "Vehicle.Cabin.Seat.Row2.PassengerSide.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow3DriverSideIsBelted", vss_path: "Vehicle.Cabin.Seat.Row3.DriverSide.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "cabinSeatRow3PassengerSideIsBelted", vss_path: "Vehicle.Cabin.Seat.Row3.PassengerSide.IsBelted", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow1WheelLeftSpeed", vss_path: "Vehicle.Chassis.Axle.Row1.Wheel.Left.Speed", unit: Some("km/h"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow1WheelLeftTirePressure", vss_path: "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure", unit: Some("kPa"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow1WheelRightSpeed", vss_path: "Vehicle.Chassis.Axle.Row1.Wheel.Right.Speed", unit: Some("km/h"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow1WheelRightTirePressure", vss_path: "Vehicle.Chassis.Axle.Row1.Wheel.Right.Tire.Pressure", unit: Some("kPa"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow2WheelLeftTirePressure", vss_path: "Vehicle.Chassis.Axle.Row2.Wheel.Left.Tire.Pressure", unit: Some("kPa"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow2WheelRightTirePressure", vss_path: "Vehicle.Chassis.Axle.Row2.Wheel.Right.Tire.Pressure", unit: Some("kPa"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow3Weight", vss_path: "Vehicle.Chassis.Axle.Row3.Weight", unit: Some("kg"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow4Weight", vss_path: "Vehicle.Chassis.Axle.Row4.Weight", unit: Some("kg"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisAxleRow5Weight", vss_path: "Vehicle.Chassis.Axle.Row5.Weight", unit: Some("kg"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisBrakeABSIsWarningOn", vss_path: "Vehicle.Chassis.Brake.ABS.IsWarningOn", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisBrakeCircuit1PressurePrimary", vss_path: "Vehicle.Chassis.Brake.Circuit1.PressurePrimary", unit: Some("kPa"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisBrakeCircuit2PressurePrimary", vss_path: "Vehicle.Chassis.Brake.Circuit2.PressurePrimary", unit: Some("kPa"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisBrakeIsPedalPressed", vss_path: "Vehicle.Chassis.Brake.IsPedalPressed", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisBrakePedalPosition", vss_path: "Vehicle.Chassis.Brake.PedalPosition", unit: Some("percent"), data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "chassisParkingBrakeIsEngaged", vss_path: "Vehicle.Chassis.ParkingBrake.IsEngaged", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "chassisTireSystemIsWarningOn", vss_path: "Vehicle.Chassis.TireSystem.IsWarningOn", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "connectivityCellularIsJammingDetected", vss_path: "Vehicle.Connectivity.Cellular.IsJammingDetected", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "currentLocationAltitude", vss_path: "Vehicle.CurrentLocation.Altitude", unit: Some("m"), data_type: DataType::Double, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::AllTimeLocation },
    SignalDef { name: "currentLocationCoordinates", vss_path: "Vehicle.CurrentLocation.Coordinates", unit: None, data_type: DataType::Position, kind: ValueKind::Location, boolean: false, min: None, max: None, privilege: Privilege::AllTimeLocation },
    SignalDef { name: "currentLocationHeading", vss_path: "Vehicle.CurrentLocation.Heading", unit: Some("degrees"), data_type: DataType::Double, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(360.0), privilege: Privilege::AllTimeLocation },
    SignalDef { name: "exteriorAirTemperature", vss_path: "Vehicle.Exterior.AirTemperature", unit: Some("celsius"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "isIgnitionOn", vss_path: "Vehicle.IsIgnitionOn", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "lowVoltageBatteryCurrentVoltage", vss_path: "Vehicle.LowVoltageBattery.CurrentVoltage", unit: Some("V"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdBarometricPressure", vss_path: "Vehicle.OBD.BarometricPressure", unit: Some("kPa"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdCommandedEGR", vss_path: "Vehicle.OBD.CommandedEGR", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdCommandedEVAP", vss_path: "Vehicle.OBD.CommandedEVAP", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdDTCList", vss_path: "Vehicle.OBD.DTCList", unit: None, data_type: DataType::TextList, kind: ValueKind::Text, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdDistanceSinceDTCClear", vss_path: "Vehicle.OBD.DistanceSinceDTCClear", unit: Some("km"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdDistanceWithMIL", vss_path: "Vehicle.OBD.DistanceWithMIL", unit: Some("km"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdEngineLoad", vss_path: "Vehicle.OBD.EngineLoad", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdEthanolPercent", vss_path: "Vehicle.OBD.EthanolPercent", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdFuelPressure", vss_path: "Vehicle.OBD.FuelPressure", unit: Some("kPa"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdFuelRailPressure", vss_path: "Vehicle.OBD.FuelRailPressure", unit: Some("kPa"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdFuelRate", vss_path: "Vehicle.OBD.FuelRate", unit: Some("l/h"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdFuelTypeName", vss_path: "Vehicle.OBD.FuelTypeName", unit: None, data_type: DataType::Text, kind: ValueKind::Text, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdIntakeTemp", vss_path: "Vehicle.OBD.IntakeTemp", unit: Some("celsius"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdIsEngineBlocked", vss_path: "Vehicle.OBD.IsEngineBlocked", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdIsPTOActive", vss_path: "Vehicle.OBD.IsPTOActive", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdIsPluggedIn", vss_path: "Vehicle.OBD.IsPluggedIn", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdLongTermFuelTrim1", vss_path: "Vehicle.OBD.LongTermFuelTrim1", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdLongTermFuelTrim2", vss_path: "Vehicle.OBD.LongTermFuelTrim2", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdMAP", vss_path: "Vehicle.OBD.MAP", unit: Some("kPa"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdMaxMAF", vss_path: "Vehicle.OBD.MaxMAF", unit: Some("g/s"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdO2WRSensor1Voltage", vss_path: "Vehicle.OBD.O2WR.Sensor1.Voltage", unit: Some("V"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdO2WRSensor2Voltage", vss_path: "Vehicle.OBD.O2WR.Sensor2.Voltage", unit: Some("V"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdOilTemperature", vss_path: "Vehicle.OBD.OilTemperature", unit: Some("celsius"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdRunTime", vss_path: "Vehicle.OBD.RunTime", unit: Some("s"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdShortTermFuelTrim1", vss_path: "Vehicle.OBD.ShortTermFuelTrim1", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdStatusDTCCount", vss_path: "Vehicle.OBD.Status.DTCCount", unit: None, data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdThrottlePosition", vss_path: "Vehicle.OBD.ThrottlePosition", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "obdWarmupsSinceDTCClear", vss_path: "Vehicle.OBD.WarmupsSinceDTCClear", unit: None, data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineDieselExhaustFluidCapacity", vss_path: "Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Capacity", unit: Some("l"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineDieselExhaustFluidLevel", vss_path: "Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Level", unit: Some("percent"), data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineECT", vss_path: "Vehicle.Powertrain.CombustionEngine.ECT", unit: Some("celsius"), data_type: DataType::Int16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineEOP", vss_path: "Vehicle.Powertrain.CombustionEngine.EOP", unit: Some("kPa"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineEOT", vss_path: "Vehicle.Powertrain.CombustionEngine.EOT", unit: Some("celsius"), data_type: DataType::Int16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineEngineOilLevel", vss_path: "Vehicle.Powertrain.CombustionEngine.EngineOilLevel", unit: None, data_type: DataType::Text, kind: ValueKind::Text, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineEngineOilRelativeLevel", vss_path: "Vehicle.Powertrain.CombustionEngine.EngineOilRelativeLevel", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineMAF", vss_path: "Vehicle.Powertrain.CombustionEngine.MAF", unit: Some("g/s"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineSpeed", vss_path: "Vehicle.Powertrain.CombustionEngine.Speed", unit: Some("rpm"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineTPS", vss_path: "Vehicle.Powertrain.CombustionEngine.TPS", unit: Some("percent"), data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: None, max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineTorque", vss_path: "Vehicle.Powertrain.CombustionEngine.Torque", unit: Some("Nm"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainCombustionEngineTorquePercent", vss_path: "Vehicle.Powertrain.CombustionEngine.TorquePercent", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainFuelSystemAbsoluteLevel", vss_path: "Vehicle.Powertrain.FuelSystem.AbsoluteLevel", unit: Some("l"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainFuelSystemAccumulatedConsumption", vss_path: "Vehicle.Powertrain.FuelSystem.AccumulatedConsumption", unit: Some("l"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainFuelSystemRelativeLevel", vss_path: "Vehicle.Powertrain.FuelSystem.RelativeLevel", unit: Some("percent"), data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainFuelSystemSupportedFuelTypes", vss_path: "Vehicle.Powertrain.FuelSystem.SupportedFuelTypes", unit: None, data_type: DataType::TextList, kind: ValueKind::Text, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainRange", vss_path: "Vehicle.Powertrain.Range", unit: Some("km"), data_type: DataType::Uint32, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingAddedEnergy", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.AddedEnergy", unit: Some("kWh"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingChargeCurrentAC", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.ChargeCurrent.AC", unit: Some("A"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingChargeLimit", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.ChargeLimit", unit: Some("percent"), data_type: DataType::Uint8, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingChargeVoltageUnknownType", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.ChargeVoltage.UnknownType", unit: Some("V"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingIsCharging", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.IsCharging", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingIsChargingCableConnected", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.IsChargingCableConnected", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryChargingPower", vss_path: "Vehicle.Powertrain.TractionBattery.Charging.Power", unit: Some("kW"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryCurrentPower", vss_path: "Vehicle.Powertrain.TractionBattery.CurrentPower", unit: Some("W"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryCurrentVoltage", vss_path: "Vehicle.Powertrain.TractionBattery.CurrentVoltage", unit: Some("V"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryGrossCapacity", vss_path: "Vehicle.Powertrain.TractionBattery.GrossCapacity", unit: Some("kWh"), data_type: DataType::Uint16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryRange", vss_path: "Vehicle.Powertrain.TractionBattery.Range", unit: Some("km"), data_type: DataType::Uint32, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryStateOfChargeCurrent", vss_path: "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryStateOfChargeCurrentEnergy", vss_path: "Vehicle.Powertrain.TractionBattery.StateOfCharge.CurrentEnergy", unit: Some("kWh"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryStateOfHealth", vss_path: "Vehicle.Powertrain.TractionBattery.StateOfHealth", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: Some(0.0), max: Some(100.0), privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTractionBatteryTemperatureAverage", vss_path: "Vehicle.Powertrain.TractionBattery.Temperature.Average", unit: Some("celsius"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionActualGear", vss_path: "Vehicle.Powertrain.Transmission.ActualGear", unit: None, data_type: DataType::Int8, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionActualGearRatio", vss_path: "Vehicle.Powertrain.Transmission.ActualGearRatio", unit: None, data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionCurrentGear", vss_path: "Vehicle.Powertrain.Transmission.CurrentGear", unit: None, data_type: DataType::Int8, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionIsClutchSwitchOperated", vss_path: "Vehicle.Powertrain.Transmission.IsClutchSwitchOperated", unit: None, data_type: DataType::Boolean, kind: ValueKind::Number, boolean: true, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionRetarderActualTorque", vss_path: "Vehicle.Powertrain.Transmission.Retarder.ActualTorque", unit: Some("percent"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionRetarderTorqueMode", vss_path: "Vehicle.Powertrain.Transmission.Retarder.TorqueMode", unit: None, data_type: DataType::Text, kind: ValueKind::Text, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionSelectedGear", vss_path: "Vehicle.Powertrain.Transmission.SelectedGear", unit: None, data_type: DataType::Int8, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionTemperature", vss_path: "Vehicle.Powertrain.Transmission.Temperature", unit: Some("celsius"), data_type: DataType::Int16, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainTransmissionTravelledDistance", vss_path: "Vehicle.Powertrain.Transmission.TravelledDistance", unit: Some("km"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "powertrainType", vss_path: "Vehicle.Powertrain.Type", unit: None, data_type: DataType::Text, kind: ValueKind::Text, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "serviceDistanceToService", vss_path: "Vehicle.Service.DistanceToService", unit: Some("km"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "serviceTimeToService", vss_path: "Vehicle.Service.TimeToService", unit: Some("s"), data_type: DataType::Int32, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
    SignalDef { name: "speed", vss_path: "Vehicle.Speed", unit: Some("km/h"), data_type: DataType::Float, kind: ValueKind::Number, boolean: false, min: None, max: None, privilege: Privilege::NonLocation },
];

/// Vehicle events that are accepted.
pub(crate) static EVENTS: [EventDef; 7] = [
    EventDef { name: "behavior.harshBraking", hardware: Some("IO 135 low nibble is not zero"), counter: true },
    EventDef { name: "behavior.extremeBraking", hardware: Some("IO 135 high nibble is not zero"), counter: true },
    EventDef { name: "behavior.harshAcceleration", hardware: Some("IO 136 is not zero"), counter: true },
    EventDef { name: "behavior.harshCornering", hardware: Some("IO 143 is not zero"), counter: true },
    EventDef { name: "safety.collision", hardware: None, counter: false },
    EventDef { name: "security.engineBlock", hardware: Some("command payload with IO 405 not zero"), counter: false },
    EventDef { name: "security.engineUnblock", hardware: Some("command payload with IO 405 zero"), counter: false },
];

/// Ids by name.
pub mod id {
    use crate::SignalId;

    /// `Vehicle.AngularVelocity.Yaw`, degrees/s.
    pub const ANGULAR_VELOCITY_YAW: SignalId = SignalId(0);
    /// `Vehicle.Body.Lights.IsAirbagWarningOn`.
    pub const BODY_LIGHTS_IS_AIRBAG_WARNING_ON: SignalId = SignalId(1);
    /// `Vehicle.Body.Lock.IsLocked`.
    pub const BODY_LOCK_IS_LOCKED: SignalId = SignalId(2);
    /// `Vehicle.Body.Trunk.Front.IsOpen`.
    pub const BODY_TRUNK_FRONT_IS_OPEN: SignalId = SignalId(3);
    /// `Vehicle.Body.Trunk.Rear.IsOpen`.
    pub const BODY_TRUNK_REAR_IS_OPEN: SignalId = SignalId(4);
    /// `Vehicle.Cabin.Door.Row1.DriverSide.IsOpen`.
    pub const CABIN_DOOR_ROW1_DRIVER_SIDE_IS_OPEN: SignalId = SignalId(5);
    /// `Vehicle.Cabin.Door.Row1.DriverSide.Window.IsOpen`.
    pub const CABIN_DOOR_ROW1_DRIVER_SIDE_WINDOW_IS_OPEN: SignalId = SignalId(6);
    /// `Vehicle.Cabin.Door.Row1.PassengerSide.IsOpen`.
    pub const CABIN_DOOR_ROW1_PASSENGER_SIDE_IS_OPEN: SignalId = SignalId(7);
    /// `Vehicle.Cabin.Door.Row1.PassengerSide.Window.IsOpen`.
    pub const CABIN_DOOR_ROW1_PASSENGER_SIDE_WINDOW_IS_OPEN: SignalId = SignalId(8);
    /// `Vehicle.Cabin.Door.Row2.DriverSide.IsOpen`.
    pub const CABIN_DOOR_ROW2_DRIVER_SIDE_IS_OPEN: SignalId = SignalId(9);
    /// `Vehicle.Cabin.Door.Row2.DriverSide.Window.IsOpen`.
    pub const CABIN_DOOR_ROW2_DRIVER_SIDE_WINDOW_IS_OPEN: SignalId = SignalId(10);
    /// `Vehicle.Cabin.Door.Row2.PassengerSide.IsOpen`.
    pub const CABIN_DOOR_ROW2_PASSENGER_SIDE_IS_OPEN: SignalId = SignalId(11);
    /// `Vehicle.Cabin.Door.Row2.PassengerSide.Window.IsOpen`.
    pub const CABIN_DOOR_ROW2_PASSENGER_SIDE_WINDOW_IS_OPEN: SignalId = SignalId(12);
    /// `Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted`.
    pub const CABIN_SEAT_ROW1_DRIVER_SIDE_IS_BELTED: SignalId = SignalId(13);
    /// `Vehicle.Cabin.Seat.Row1.PassengerSide.IsBelted`.
    pub const CABIN_SEAT_ROW1_PASSENGER_SIDE_IS_BELTED: SignalId = SignalId(14);
    /// `Vehicle.Cabin.Seat.Row2.DriverSide.IsBelted`.
    pub const CABIN_SEAT_ROW2_DRIVER_SIDE_IS_BELTED: SignalId = SignalId(15);
    /// `Vehicle.Cabin.Seat.Row2.Middle.IsBelted`.
    pub const CABIN_SEAT_ROW2_MIDDLE_IS_BELTED: SignalId = SignalId(16);
    /// `Vehicle.Cabin.Seat.Row2.PassengerSide.IsBelted`.
    pub const CABIN_SEAT_ROW2_PASSENGER_SIDE_IS_BELTED: SignalId = SignalId(17);
    /// `Vehicle.Cabin.Seat.Row3.DriverSide.IsBelted`.
    pub const CABIN_SEAT_ROW3_DRIVER_SIDE_IS_BELTED: SignalId = SignalId(18);
    /// `Vehicle.Cabin.Seat.Row3.PassengerSide.IsBelted`.
    pub const CABIN_SEAT_ROW3_PASSENGER_SIDE_IS_BELTED: SignalId = SignalId(19);
    /// `Vehicle.Chassis.Axle.Row1.Wheel.Left.Speed`, km/h.
    pub const CHASSIS_AXLE_ROW1_WHEEL_LEFT_SPEED: SignalId = SignalId(20);
    /// `Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure`, kPa.
    pub const CHASSIS_AXLE_ROW1_WHEEL_LEFT_TIRE_PRESSURE: SignalId = SignalId(21);
    /// `Vehicle.Chassis.Axle.Row1.Wheel.Right.Speed`, km/h.
    pub const CHASSIS_AXLE_ROW1_WHEEL_RIGHT_SPEED: SignalId = SignalId(22);
    /// `Vehicle.Chassis.Axle.Row1.Wheel.Right.Tire.Pressure`, kPa.
    pub const CHASSIS_AXLE_ROW1_WHEEL_RIGHT_TIRE_PRESSURE: SignalId = SignalId(23);
    /// `Vehicle.Chassis.Axle.Row2.Wheel.Left.Tire.Pressure`, kPa.
    pub const CHASSIS_AXLE_ROW2_WHEEL_LEFT_TIRE_PRESSURE: SignalId = SignalId(24);
    /// `Vehicle.Chassis.Axle.Row2.Wheel.Right.Tire.Pressure`, kPa.
    pub const CHASSIS_AXLE_ROW2_WHEEL_RIGHT_TIRE_PRESSURE: SignalId = SignalId(25);
    /// `Vehicle.Chassis.Axle.Row3.Weight`, kg.
    pub const CHASSIS_AXLE_ROW3_WEIGHT: SignalId = SignalId(26);
    /// `Vehicle.Chassis.Axle.Row4.Weight`, kg.
    pub const CHASSIS_AXLE_ROW4_WEIGHT: SignalId = SignalId(27);
    /// `Vehicle.Chassis.Axle.Row5.Weight`, kg.
    pub const CHASSIS_AXLE_ROW5_WEIGHT: SignalId = SignalId(28);
    /// `Vehicle.Chassis.Brake.ABS.IsWarningOn`.
    pub const CHASSIS_BRAKE_ABS_IS_WARNING_ON: SignalId = SignalId(29);
    /// `Vehicle.Chassis.Brake.Circuit1.PressurePrimary`, kPa.
    pub const CHASSIS_BRAKE_CIRCUIT1_PRESSURE_PRIMARY: SignalId = SignalId(30);
    /// `Vehicle.Chassis.Brake.Circuit2.PressurePrimary`, kPa.
    pub const CHASSIS_BRAKE_CIRCUIT2_PRESSURE_PRIMARY: SignalId = SignalId(31);
    /// `Vehicle.Chassis.Brake.IsPedalPressed`.
    pub const CHASSIS_BRAKE_IS_PEDAL_PRESSED: SignalId = SignalId(32);
    /// `Vehicle.Chassis.Brake.PedalPosition`, percent.
    pub const CHASSIS_BRAKE_PEDAL_POSITION: SignalId = SignalId(33);
    /// `Vehicle.Chassis.ParkingBrake.IsEngaged`.
    pub const CHASSIS_PARKING_BRAKE_IS_ENGAGED: SignalId = SignalId(34);
    /// `Vehicle.Chassis.TireSystem.IsWarningOn`.
    pub const CHASSIS_TIRE_SYSTEM_IS_WARNING_ON: SignalId = SignalId(35);
    /// `Vehicle.Connectivity.Cellular.IsJammingDetected`.
    pub const CONNECTIVITY_CELLULAR_IS_JAMMING_DETECTED: SignalId = SignalId(36);
    /// `Vehicle.CurrentLocation.Altitude`, m.
    pub const CURRENT_LOCATION_ALTITUDE: SignalId = SignalId(37);
    /// `Vehicle.CurrentLocation.Coordinates`.
    pub const CURRENT_LOCATION_COORDINATES: SignalId = SignalId(38);
    /// `Vehicle.CurrentLocation.Heading`, degrees.
    pub const CURRENT_LOCATION_HEADING: SignalId = SignalId(39);
    /// `Vehicle.Exterior.AirTemperature`, celsius.
    pub const EXTERIOR_AIR_TEMPERATURE: SignalId = SignalId(40);
    /// `Vehicle.IsIgnitionOn`.
    pub const IS_IGNITION_ON: SignalId = SignalId(41);
    /// `Vehicle.LowVoltageBattery.CurrentVoltage`, V.
    pub const LOW_VOLTAGE_BATTERY_CURRENT_VOLTAGE: SignalId = SignalId(42);
    /// `Vehicle.OBD.BarometricPressure`, kPa.
    pub const OBD_BAROMETRIC_PRESSURE: SignalId = SignalId(43);
    /// `Vehicle.OBD.CommandedEGR`, percent.
    pub const OBD_COMMANDED_EGR: SignalId = SignalId(44);
    /// `Vehicle.OBD.CommandedEVAP`, percent.
    pub const OBD_COMMANDED_EVAP: SignalId = SignalId(45);
    /// `Vehicle.OBD.DTCList`.
    pub const OBD_DTC_LIST: SignalId = SignalId(46);
    /// `Vehicle.OBD.DistanceSinceDTCClear`, km.
    pub const OBD_DISTANCE_SINCE_DTC_CLEAR: SignalId = SignalId(47);
    /// `Vehicle.OBD.DistanceWithMIL`, km.
    pub const OBD_DISTANCE_WITH_MIL: SignalId = SignalId(48);
    /// `Vehicle.OBD.EngineLoad`, percent.
    pub const OBD_ENGINE_LOAD: SignalId = SignalId(49);
    /// `Vehicle.OBD.EthanolPercent`, percent.
    pub const OBD_ETHANOL_PERCENT: SignalId = SignalId(50);
    /// `Vehicle.OBD.FuelPressure`, kPa.
    pub const OBD_FUEL_PRESSURE: SignalId = SignalId(51);
    /// `Vehicle.OBD.FuelRailPressure`, kPa.
    pub const OBD_FUEL_RAIL_PRESSURE: SignalId = SignalId(52);
    /// `Vehicle.OBD.FuelRate`, l/h.
    pub const OBD_FUEL_RATE: SignalId = SignalId(53);
    /// `Vehicle.OBD.FuelTypeName`.
    pub const OBD_FUEL_TYPE_NAME: SignalId = SignalId(54);
    /// `Vehicle.OBD.IntakeTemp`, celsius.
    pub const OBD_INTAKE_TEMP: SignalId = SignalId(55);
    /// `Vehicle.OBD.IsEngineBlocked`.
    pub const OBD_IS_ENGINE_BLOCKED: SignalId = SignalId(56);
    /// `Vehicle.OBD.IsPTOActive`.
    pub const OBD_IS_PTO_ACTIVE: SignalId = SignalId(57);
    /// `Vehicle.OBD.IsPluggedIn`.
    pub const OBD_IS_PLUGGED_IN: SignalId = SignalId(58);
    /// `Vehicle.OBD.LongTermFuelTrim1`, percent.
    pub const OBD_LONG_TERM_FUEL_TRIM1: SignalId = SignalId(59);
    /// `Vehicle.OBD.LongTermFuelTrim2`, percent.
    pub const OBD_LONG_TERM_FUEL_TRIM2: SignalId = SignalId(60);
    /// `Vehicle.OBD.MAP`, kPa.
    pub const OBD_MAP: SignalId = SignalId(61);
    /// `Vehicle.OBD.MaxMAF`, g/s.
    pub const OBD_MAX_MAF: SignalId = SignalId(62);
    /// `Vehicle.OBD.O2WR.Sensor1.Voltage`, V.
    pub const OBD_O2_WR_SENSOR1_VOLTAGE: SignalId = SignalId(63);
    /// `Vehicle.OBD.O2WR.Sensor2.Voltage`, V.
    pub const OBD_O2_WR_SENSOR2_VOLTAGE: SignalId = SignalId(64);
    /// `Vehicle.OBD.OilTemperature`, celsius.
    pub const OBD_OIL_TEMPERATURE: SignalId = SignalId(65);
    /// `Vehicle.OBD.RunTime`, s.
    pub const OBD_RUN_TIME: SignalId = SignalId(66);
    /// `Vehicle.OBD.ShortTermFuelTrim1`, percent.
    pub const OBD_SHORT_TERM_FUEL_TRIM1: SignalId = SignalId(67);
    /// `Vehicle.OBD.Status.DTCCount`.
    pub const OBD_STATUS_DTC_COUNT: SignalId = SignalId(68);
    /// `Vehicle.OBD.ThrottlePosition`, percent.
    pub const OBD_THROTTLE_POSITION: SignalId = SignalId(69);
    /// `Vehicle.OBD.WarmupsSinceDTCClear`.
    pub const OBD_WARMUPS_SINCE_DTC_CLEAR: SignalId = SignalId(70);
    /// `Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Capacity`, l.
    pub const POWERTRAIN_COMBUSTION_ENGINE_DIESEL_EXHAUST_FLUID_CAPACITY: SignalId = SignalId(71);
    /// `Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Level`, percent.
    pub const POWERTRAIN_COMBUSTION_ENGINE_DIESEL_EXHAUST_FLUID_LEVEL: SignalId = SignalId(72);
    /// `Vehicle.Powertrain.CombustionEngine.ECT`, celsius.
    pub const POWERTRAIN_COMBUSTION_ENGINE_ECT: SignalId = SignalId(73);
    /// `Vehicle.Powertrain.CombustionEngine.EOP`, kPa.
    pub const POWERTRAIN_COMBUSTION_ENGINE_EOP: SignalId = SignalId(74);
    /// `Vehicle.Powertrain.CombustionEngine.EOT`, celsius.
    pub const POWERTRAIN_COMBUSTION_ENGINE_EOT: SignalId = SignalId(75);
    /// `Vehicle.Powertrain.CombustionEngine.EngineOilLevel`.
    pub const POWERTRAIN_COMBUSTION_ENGINE_ENGINE_OIL_LEVEL: SignalId = SignalId(76);
    /// `Vehicle.Powertrain.CombustionEngine.EngineOilRelativeLevel`, percent.
    pub const POWERTRAIN_COMBUSTION_ENGINE_ENGINE_OIL_RELATIVE_LEVEL: SignalId = SignalId(77);
    /// `Vehicle.Powertrain.CombustionEngine.MAF`, g/s.
    pub const POWERTRAIN_COMBUSTION_ENGINE_MAF: SignalId = SignalId(78);
    /// `Vehicle.Powertrain.CombustionEngine.Speed`, rpm.
    pub const POWERTRAIN_COMBUSTION_ENGINE_SPEED: SignalId = SignalId(79);
    /// `Vehicle.Powertrain.CombustionEngine.TPS`, percent.
    pub const POWERTRAIN_COMBUSTION_ENGINE_TPS: SignalId = SignalId(80);
    /// `Vehicle.Powertrain.CombustionEngine.Torque`, Nm.
    pub const POWERTRAIN_COMBUSTION_ENGINE_TORQUE: SignalId = SignalId(81);
    /// `Vehicle.Powertrain.CombustionEngine.TorquePercent`, percent.
    pub const POWERTRAIN_COMBUSTION_ENGINE_TORQUE_PERCENT: SignalId = SignalId(82);
    /// `Vehicle.Powertrain.FuelSystem.AbsoluteLevel`, l.
    pub const POWERTRAIN_FUEL_SYSTEM_ABSOLUTE_LEVEL: SignalId = SignalId(83);
    /// `Vehicle.Powertrain.FuelSystem.AccumulatedConsumption`, l.
    pub const POWERTRAIN_FUEL_SYSTEM_ACCUMULATED_CONSUMPTION: SignalId = SignalId(84);
    /// `Vehicle.Powertrain.FuelSystem.RelativeLevel`, percent.
    pub const POWERTRAIN_FUEL_SYSTEM_RELATIVE_LEVEL: SignalId = SignalId(85);
    /// `Vehicle.Powertrain.FuelSystem.SupportedFuelTypes`.
    pub const POWERTRAIN_FUEL_SYSTEM_SUPPORTED_FUEL_TYPES: SignalId = SignalId(86);
    /// `Vehicle.Powertrain.Range`, km.
    pub const POWERTRAIN_RANGE: SignalId = SignalId(87);
    /// `Vehicle.Powertrain.TractionBattery.Charging.AddedEnergy`, kWh.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_ADDED_ENERGY: SignalId = SignalId(88);
    /// `Vehicle.Powertrain.TractionBattery.Charging.ChargeCurrent.AC`, A.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_CHARGE_CURRENT_AC: SignalId = SignalId(89);
    /// `Vehicle.Powertrain.TractionBattery.Charging.ChargeLimit`, percent.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_CHARGE_LIMIT: SignalId = SignalId(90);
    /// `Vehicle.Powertrain.TractionBattery.Charging.ChargeVoltage.UnknownType`, V.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_CHARGE_VOLTAGE_UNKNOWN_TYPE: SignalId = SignalId(91);
    /// `Vehicle.Powertrain.TractionBattery.Charging.IsCharging`.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_IS_CHARGING: SignalId = SignalId(92);
    /// `Vehicle.Powertrain.TractionBattery.Charging.IsChargingCableConnected`.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_IS_CHARGING_CABLE_CONNECTED: SignalId = SignalId(93);
    /// `Vehicle.Powertrain.TractionBattery.Charging.Power`, kW.
    pub const POWERTRAIN_TRACTION_BATTERY_CHARGING_POWER: SignalId = SignalId(94);
    /// `Vehicle.Powertrain.TractionBattery.CurrentPower`, W.
    pub const POWERTRAIN_TRACTION_BATTERY_CURRENT_POWER: SignalId = SignalId(95);
    /// `Vehicle.Powertrain.TractionBattery.CurrentVoltage`, V.
    pub const POWERTRAIN_TRACTION_BATTERY_CURRENT_VOLTAGE: SignalId = SignalId(96);
    /// `Vehicle.Powertrain.TractionBattery.GrossCapacity`, kWh.
    pub const POWERTRAIN_TRACTION_BATTERY_GROSS_CAPACITY: SignalId = SignalId(97);
    /// `Vehicle.Powertrain.TractionBattery.Range`, km.
    pub const POWERTRAIN_TRACTION_BATTERY_RANGE: SignalId = SignalId(98);
    /// `Vehicle.Powertrain.TractionBattery.StateOfCharge.Current`, percent.
    pub const POWERTRAIN_TRACTION_BATTERY_STATE_OF_CHARGE_CURRENT: SignalId = SignalId(99);
    /// `Vehicle.Powertrain.TractionBattery.StateOfCharge.CurrentEnergy`, kWh.
    pub const POWERTRAIN_TRACTION_BATTERY_STATE_OF_CHARGE_CURRENT_ENERGY: SignalId = SignalId(100);
    /// `Vehicle.Powertrain.TractionBattery.StateOfHealth`, percent.
    pub const POWERTRAIN_TRACTION_BATTERY_STATE_OF_HEALTH: SignalId = SignalId(101);
    /// `Vehicle.Powertrain.TractionBattery.Temperature.Average`, celsius.
    pub const POWERTRAIN_TRACTION_BATTERY_TEMPERATURE_AVERAGE: SignalId = SignalId(102);
    /// `Vehicle.Powertrain.Transmission.ActualGear`.
    pub const POWERTRAIN_TRANSMISSION_ACTUAL_GEAR: SignalId = SignalId(103);
    /// `Vehicle.Powertrain.Transmission.ActualGearRatio`.
    pub const POWERTRAIN_TRANSMISSION_ACTUAL_GEAR_RATIO: SignalId = SignalId(104);
    /// `Vehicle.Powertrain.Transmission.CurrentGear`.
    pub const POWERTRAIN_TRANSMISSION_CURRENT_GEAR: SignalId = SignalId(105);
    /// `Vehicle.Powertrain.Transmission.IsClutchSwitchOperated`.
    pub const POWERTRAIN_TRANSMISSION_IS_CLUTCH_SWITCH_OPERATED: SignalId = SignalId(106);
    /// `Vehicle.Powertrain.Transmission.Retarder.ActualTorque`, percent.
    pub const POWERTRAIN_TRANSMISSION_RETARDER_ACTUAL_TORQUE: SignalId = SignalId(107);
    /// `Vehicle.Powertrain.Transmission.Retarder.TorqueMode`.
    pub const POWERTRAIN_TRANSMISSION_RETARDER_TORQUE_MODE: SignalId = SignalId(108);
    /// `Vehicle.Powertrain.Transmission.SelectedGear`.
    pub const POWERTRAIN_TRANSMISSION_SELECTED_GEAR: SignalId = SignalId(109);
    /// `Vehicle.Powertrain.Transmission.Temperature`, celsius.
    pub const POWERTRAIN_TRANSMISSION_TEMPERATURE: SignalId = SignalId(110);
    /// `Vehicle.Powertrain.Transmission.TravelledDistance`, km.
    pub const POWERTRAIN_TRANSMISSION_TRAVELLED_DISTANCE: SignalId = SignalId(111);
    /// `Vehicle.Powertrain.Type`.
    pub const POWERTRAIN_TYPE: SignalId = SignalId(112);
    /// `Vehicle.Service.DistanceToService`, km.
    pub const SERVICE_DISTANCE_TO_SERVICE: SignalId = SignalId(113);
    /// `Vehicle.Service.TimeToService`, s.
    pub const SERVICE_TIME_TO_SERVICE: SignalId = SignalId(114);
    /// `Vehicle.Speed`, km/h.
    pub const SPEED: SignalId = SignalId(115);
}
