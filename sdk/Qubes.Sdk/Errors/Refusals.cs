namespace Qubes.Sdk.Errors;

// The family of refusals and the class name of each on the wire (spec: Admin API, section 3.2). A client catches by base
// class, so the derivations are part of the interface.

/// <summary>The qube does not exist (any more).</summary>
public sealed class QubeNotFoundException : QubesException
{
    /// <summary>Refuses with <c>QubesVMNotFoundError</c>.</summary>
    public QubeNotFoundException(string message) : base("QubesVMNotFoundError", message) { }
}

/// <summary>A token that should be <c>uuid:</c> and a lower-case UUID is not.</summary>
public sealed class InvalidUuidException : QubesException
{
    /// <summary>Refuses with <c>QubesVMInvalidUUIDError</c>.</summary>
    public InvalidUuidException(string message) : base("QubesVMInvalidUUIDError", message) { }
}

/// <summary>A qube of that name exists already.</summary>
public sealed class QubeExistsException : QubesException
{
    /// <summary>Refuses with <c>QubesVMAlreadyExistsError</c>.</summary>
    public QubeExistsException(string message) : base("QubesVMAlreadyExistsError", message) { }
}

/// <summary>An operation on a qube failed.</summary>
public class QubeException : QubesException
{
    /// <summary>Refuses with <c>QubesVMError</c>.</summary>
    public QubeException(string message) : base("QubesVMError", message) { }

    internal QubeException(string wireName, string message) : base(wireName, message) { }
}

/// <summary>Another object depends on the qube.</summary>
public sealed class QubeInUseException : QubeException
{
    /// <summary>Refuses with <c>QubesVMInUseError</c>.</summary>
    public QubeInUseException(string message) : base("QubesVMInUseError", message) { }
}

/// <summary>The qube is halted and should not be.</summary>
public class QubeNotStartedException : QubeException
{
    /// <summary>Refuses with <c>QubesVMNotStartedError</c>.</summary>
    public QubeNotStartedException(string message) : base("QubesVMNotStartedError", message) { }

    internal QubeNotStartedException(string wireName, string message) : base(wireName, message) { }
}

/// <summary>The qube is not running (it may be paused).</summary>
public sealed class QubeNotRunningException : QubeNotStartedException
{
    /// <summary>Refuses with <c>QubesVMNotRunningError</c>.</summary>
    public QubeNotRunningException(string message) : base("QubesVMNotRunningError", message) { }
}

/// <summary>The qube is not paused.</summary>
public sealed class QubeNotPausedException : QubeNotStartedException
{
    /// <summary>Refuses with <c>QubesVMNotPausedError</c>.</summary>
    public QubeNotPausedException(string message) : base("QubesVMNotPausedError", message) { }
}

/// <summary>A pause was called off because the qube was requested meanwhile.</summary>
public sealed class PauseCancelledException : QubeException
{
    /// <summary>Refuses with <c>QubesVMCancelledPauseError</c>.</summary>
    public PauseCancelledException(string message) : base("QubesVMCancelledPauseError", message) { }
}

/// <summary>The qube must be halted for this.</summary>
public sealed class QubeNotHaltedException : QubeException
{
    /// <summary>Refuses with <c>QubesVMNotHaltedError</c>.</summary>
    public QubeNotHaltedException(string message) : base("QubesVMNotHaltedError", message) { }
}

/// <summary>The qube did not shut down within its <c>shutdown_timeout</c>.</summary>
public sealed class ShutdownTimeoutException : QubeException
{
    /// <summary>Refuses with <c>QubesVMShutdownTimeoutError</c>.</summary>
    public ShutdownTimeoutException(string message) : base("QubesVMShutdownTimeoutError", message) { }
}

/// <summary>The host has too little free memory to start the qube.</summary>
public sealed class OutOfMemoryQubeException : QubeException
{
    /// <summary>Refuses with <c>QubesMemoryError</c>.</summary>
    public OutOfMemoryQubeException(string message) : base("QubesMemoryError", message) { }
}

/// <summary>The storage pool is in use, or its name is taken.</summary>
public sealed class PoolInUseException : QubesException
{
    /// <summary>Refuses with <c>QubesPoolInUseError</c>.</summary>
    public PoolInUseException(string message) : base("QubesPoolInUseError", message) { }
}

/// <summary>A storage operation failed.</summary>
public sealed class StorageException : QubesException
{
    /// <summary>Refuses with <c>StoragePoolException</c>.</summary>
    public StorageException(string message) : base("StoragePoolException", message) { }
}

/// <summary>A value is malformed or not allowed.</summary>
public class InvalidValueException : QubesException
{
    /// <summary>Refuses with <c>QubesValueError</c>.</summary>
    public InvalidValueException(string message) : base("QubesValueError", message) { }

    internal InvalidValueException(string wireName, string message) : base(wireName, message) { }
}

/// <summary>A property refuses the value.</summary>
public sealed class PropertyValueException : InvalidValueException
{
    /// <summary>Refuses with <c>QubesPropertyValueError</c>.</summary>
    public PropertyValueException(string message) : base("QubesPropertyValueError", message) { }
}

/// <summary>The qube's class has no such property.</summary>
public sealed class NoSuchPropertyException : QubesException
{
    /// <summary>Refuses with <c>QubesNoSuchPropertyError</c>.</summary>
    public NoSuchPropertyException(string message) : base("QubesNoSuchPropertyError", message) { }
}

/// <summary>The operation does not exist for this object.</summary>
public sealed class NotImplementedQubesException : QubesException
{
    /// <summary>Refuses with <c>QubesNotImplementedError</c>.</summary>
    public NotImplementedQubesException(string message) : base("QubesNotImplementedError", message) { }
}

/// <summary>The feature is not set.</summary>
public sealed class FeatureNotFoundException : QubesException
{
    /// <summary>Refuses with <c>QubesFeatureNotFoundError</c>.</summary>
    public FeatureNotFoundException(string message) : base("QubesFeatureNotFoundError", message) { }
}

/// <summary>The tag is not set.</summary>
public sealed class TagNotFoundException : QubesException
{
    /// <summary>Refuses with <c>QubesTagNotFoundError</c>.</summary>
    public TagNotFoundException(string message) : base("QubesTagNotFoundError", message) { }
}

/// <summary>There is no such label.</summary>
public sealed class LabelNotFoundException : QubesException
{
    /// <summary>Refuses with <c>QubesLabelNotFoundError</c>.</summary>
    public LabelNotFoundException(string message) : base("QubesLabelNotFoundError", message) { }
}

/// <summary>The label exists already or is worn by a qube.</summary>
public sealed class LabelInUseException : QubesException
{
    /// <summary>Refuses with <c>QubesLabelInUseError</c>.</summary>
    public LabelInUseException(string message) : base("QubesLabelInUseError", message) { }
}

/// <summary>The request breaks the Admin API's own rules.</summary>
public class ProtocolException : QubesException
{
    /// <summary>Refuses with <c>ProtocolError</c>.</summary>
    public ProtocolException(string message) : base("ProtocolError", message) { }

    internal ProtocolException(string wireName, string message) : base(wireName, message) { }
}

/// <summary>A tag has characters outside <c>A-Z a-z 0-9 _ -</c>.</summary>
public sealed class InvalidTagException : ProtocolException
{
    /// <summary>Refuses with <c>QubesInvalidTagError</c>.</summary>
    public InvalidTagException(string message) : base("QubesInvalidTagError", message) { }
}

/// <summary>A label name is malformed.</summary>
public sealed class InvalidLabelException : ProtocolException
{
    /// <summary>Refuses with <c>QubesInvalidLabelError</c>.</summary>
    public InvalidLabelException(string message) : base("QubesInvalidLabelError", message) { }
}

/// <summary>A label colour is malformed.</summary>
public sealed class InvalidLabelValueException : ProtocolException
{
    /// <summary>Refuses with <c>QubesInvalidLabelValueError</c>.</summary>
    public InvalidLabelValueException(string message) : base("QubesInvalidLabelValueError", message) { }
}

/// <summary>The copy token is unknown or was used.</summary>
public sealed class CopyTokenNotFoundException : ProtocolException
{
    /// <summary>Refuses with <c>QubesVolumeCopyTokenNotFoundError</c>.</summary>
    public CopyTokenNotFoundException(string message) : base("QubesVolumeCopyTokenNotFoundError", message) { }
}

/// <summary>The volume is being copied.</summary>
public sealed class VolumeCopyInUseException : QubesException
{
    /// <summary>Refuses with <c>QubesVolumeCopyInUseError</c>.</summary>
    public VolumeCopyInUseException(string message) : base("QubesVolumeCopyInUseError", message) { }
}

/// <summary>There is no such revision of the volume. Here a class of its own on the wire; upstream answers with nothing.</summary>
public sealed class VolumeRevisionNotFoundException : QubesException
{
    /// <summary>Refuses with <c>QubesVolumeRevisionNotFoundError</c>.</summary>
    public VolumeRevisionNotFoundException(string message) : base("QubesVolumeRevisionNotFoundError", message) { }
}

/// <summary>The backup profile does not exist.</summary>
public sealed class BackupProfileNotFoundException : QubesException
{
    /// <summary>Refuses with <c>QubesBackupProfileNotFoundError</c>.</summary>
    public BackupProfileNotFoundException(string message) : base("QubesBackupProfileNotFoundError", message) { }
}

/// <summary>The device is not assigned to the qube.</summary>
public sealed class DeviceNotAssignedException : QubesException
{
    /// <summary>Refuses with <c>DeviceNotAssigned</c>.</summary>
    public DeviceNotAssignedException(string message) : base("DeviceNotAssigned", message) { }
}

/// <summary>The qube has no such device.</summary>
public sealed class DeviceNotFoundException : QubesException
{
    /// <summary>Refuses with <c>DeviceNotFound</c>.</summary>
    public DeviceNotFoundException(string message) : base("DeviceNotFound", message) { }
}

/// <summary>A device cannot be assigned in the wanted way.</summary>
public sealed class UnrecognizedAssignmentModeException : ProtocolException
{
    /// <summary>Refuses with <c>QubesUnrecognizedDeviceAssignmentMode</c>.</summary>
    public UnrecognizedAssignmentModeException(string message) : base("QubesUnrecognizedDeviceAssignmentMode", message) { }
}

/// <summary>A plugin or the policy refuses the caller.</summary>
public sealed class PermissionDeniedException : QubesException
{
    /// <summary>Refuses with <c>PermissionDenied</c>.</summary>
    public PermissionDeniedException(string message) : base("PermissionDenied", message) { }
}
