use milepost_types::{Address, BlockRef, Did};
use thiserror::Error;

use crate::{Device, DeviceKind, TwinView};

/// Who says it sent an event, after authentication.
#[derive(Debug, Clone, Copy)]
pub struct AdmissionRequest<'a> {
    /// Device the event says produced it.
    pub producer: &'a Did,
    /// What the event is about: the paired vehicle, or the producer itself.
    pub subject: &'a Did,
    /// Connection address of the client certificate, when that authenticated the request.
    pub certificate: Option<Address>,
    /// `source` the sender claims, if any.
    pub source: Option<Address>,
}

/// The event may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Source to store: the certificate's connection, or the checked claim, or the provider.
    pub source: Address,
    /// Key whose signature the event must carry when no certificate authenticated it.
    pub device_key: Address,
    /// Block the decision was made at.
    pub block: BlockRef,
}

/// The event may not enter, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No live device NFT has this id.
    #[error("producer {0} is not a registered device")]
    UnknownDevice(Did),
    /// No owner has claimed the device yet.
    #[error("device {0} is not claimed by an owner")]
    Unclaimed(Did),
    /// The team banned it (D3-82).
    #[error("device {0} is banned")]
    Banned(Did),
    /// Paired with nothing or with another vehicle.
    #[error("device {device} is not paired with {subject}")]
    NotPaired {
        /// The device.
        device: Did,
        /// The subject it named.
        subject: Did,
    },
    /// Licence missing, suspended or under-staked (D3-76).
    #[error(
        "provider {0} is not licensed: licence missing, suspended, or stake below the requirement"
    )]
    ProviderUnlicensed(Address),
    /// The certificate names no live connection.
    #[error("{0} is not a registered connection")]
    UnknownConnection(Address),
    /// The certificate's connection is not the one the synthetic device was minted under.
    #[error("connection {connection} may not send for device {device}")]
    ForeignConnection {
        /// The sender.
        connection: Address,
        /// The device it named.
        device: Did,
    },
    /// The claimed `source` is neither the provider nor a connection of the provider.
    #[error("source {0} is neither the device's provider nor a live connection of it")]
    ForeignSource(Address),
    /// The vehicle was sold and the buyer has not agreed to this software connection.
    #[error("the new owner of {0} has not consented to this connection")]
    ConsentRequired(Did),
}

/// Decides whether an authenticated sender may store an event about `subject`.
///
/// The rules hold at every event, so a ban, an unpairing or a stake that falls takes effect with the twin's next
/// block (D3-76, D3-82, D5-05).
///
/// # Errors
/// The first [`Refusal`] that applies.
pub fn admit(view: &dyn TwinView, request: AdmissionRequest<'_>) -> Result<Admission, Refusal> {
    let block = view.head();
    let producer = *request.producer;
    let device = view
        .device(&producer)
        .ok_or(Refusal::UnknownDevice(producer))?;
    if device.banned {
        return Err(Refusal::Banned(producer));
    }
    if !device.claimed {
        return Err(Refusal::Unclaimed(producer));
    }
    let subject = *request.subject;
    if device.vehicle != Some(subject) && subject != producer {
        return Err(Refusal::NotPaired {
            device: producer,
            subject,
        });
    }
    if device.consent_required {
        return Err(Refusal::ConsentRequired(subject));
    }
    if !device.provider_licensed {
        return Err(Refusal::ProviderUnlicensed(device.provider));
    }
    let source = source_of(view, producer, &device, request)?;
    Ok(Admission {
        source,
        device_key: device.address,
        block,
    })
}

fn source_of(
    view: &dyn TwinView,
    producer: Did,
    device: &Device,
    request: AdmissionRequest<'_>,
) -> Result<Address, Refusal> {
    if let Some(certificate) = request.certificate {
        let connection = view
            .connection(certificate)
            .ok_or(Refusal::UnknownConnection(certificate))?;
        if !connection.provider_licensed {
            return Err(Refusal::ProviderUnlicensed(connection.owner));
        }
        let own = match device.kind {
            DeviceKind::Synthetic => device.connection == Some(certificate),
            DeviceKind::Aftermarket => connection.owner == device.provider,
        };
        return if own {
            Ok(certificate)
        } else {
            Err(Refusal::ForeignConnection {
                connection: certificate,
                device: producer,
            })
        };
    }
    let own = device.connection.unwrap_or(device.provider);
    match request.source {
        None => Ok(own),
        Some(claim) if claim == own || claim == device.provider => Ok(claim),
        Some(claim) => match view.connection(claim) {
            Some(connection)
                if connection.owner == device.provider && connection.provider_licensed =>
            {
                Ok(claim)
            }
            _ => Err(Refusal::ForeignSource(claim)),
        },
    }
}
