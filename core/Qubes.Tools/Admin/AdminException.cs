namespace Qubes.Tools.Admin;

/// <summary>The daemon answered a call with an exception (spec: Admin API, section 3).</summary>
internal sealed class AdminException(string wireClass, string message, string traceback = "") : Exception(message)
{
    private static readonly HashSet<string> NotStarted =
        new(StringComparer.Ordinal) { "QubesVMNotStartedError", "QubesVMNotRunningError", "QubesVMNotPausedError" };

    /// <summary>The name of the exception's class on the wire, e.g. <c>QubesVMNotHaltedError</c>.</summary>
    public string WireClass => wireClass;

    /// <summary>The daemon's stack trace; empty unless the daemon runs with debugging on.</summary>
    public string Traceback => traceback;

    public bool IsNoSuchQube => wireClass == "QubesVMNotFoundError";

    public bool IsNoSuchProperty => wireClass == "QubesNoSuchPropertyError";

    public bool IsNoSuchFeature => wireClass == "QubesFeatureNotFoundError";

    public bool IsNoSuchTag => wireClass == "QubesTagNotFoundError";

    /// <summary>The qube is running, or not in the state a start needs.</summary>
    public bool IsNotHalted => wireClass == "QubesVMNotHaltedError";

    /// <summary><c>QubesVMNotStartedError</c> or a class derived from it.</summary>
    public bool IsNotStarted => NotStarted.Contains(wireClass);

    public bool IsInUse => wireClass == "QubesVMInUseError";

    public bool IsShutdownTimeout => wireClass == "QubesVMShutdownTimeoutError";

    public bool IsPermissionDenied => wireClass == "PermissionDenied";
}
