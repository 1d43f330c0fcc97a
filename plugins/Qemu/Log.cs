using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Qemu;

/// <summary>The plugin's messages; ids 5200 to 5299.</summary>
internal static partial class Log
{
    [LoggerMessage(5200, LogLevel.Information, "Machine {Name} ({Id}) is built: pid {Pid}, {Accelerator}")]
    public static partial void Built(ILogger logger, string name, int id, int pid, string accelerator);

    [LoggerMessage(5201, LogLevel.Information, "Machine {Name} ({Id}) is up after {Milliseconds} ms")]
    public static partial void Up(ILogger logger, string name, int id, long milliseconds);

    [LoggerMessage(5202, LogLevel.Warning,
        "Machine {Name} ({Id}) did not come up within {Seconds} s; it is ended and booted once more on fresh disposable volumes")]
    public static partial void BootRetried(ILogger logger, string name, int id, double seconds);

    [LoggerMessage(5203, LogLevel.Information, "Machine {Name} ({Id}) has ended: {How}")]
    public static partial void Ended(ILogger logger, string name, int id, string how);

    [LoggerMessage(5204, LogLevel.Information, "Machine {Name} ({Id}) of an earlier daemon is taken over: pid {Pid}, {State}")]
    public static partial void Adopted(ILogger logger, string name, int id, int pid, string state);

    [LoggerMessage(5205, LogLevel.Warning, "Machine directory {Name} is cleaned away: {Why}")]
    public static partial void Cleaned(ILogger logger, string name, string why);

    [LoggerMessage(5206, LogLevel.Error, "A listener to the state of machine {Name} failed")]
    public static partial void ListenerFailed(ILogger logger, Exception cause, string name);

    [LoggerMessage(5207, LogLevel.Warning, "Machine {Name} has ended, but its runtime directory stays: {Why}")]
    public static partial void NotCleaned(ILogger logger, string name, string why);

    [LoggerMessage(5210, LogLevel.Information, "KVM boots kernel {Kernel}: it is used")]
    public static partial void KvmWorks(ILogger logger, string kernel);

    [LoggerMessage(5211, LogLevel.Warning, "KVM does not boot kernel {Kernel} ({Why}); TCG is used until the host's next boot")]
    public static partial void KvmFails(ILogger logger, string kernel, string why);

    [LoggerMessage(5220, LogLevel.Information, "Machine {Name} ({Id}) goes on where a frozen one was: restored in {Milliseconds:0.0} ms")]
    public static partial void Restored(ILogger logger, string name, int id, double milliseconds);

    [LoggerMessage(5221, LogLevel.Information,
        "Memory template {Key} is frozen: {Memory} bytes of memory, kept on disk in {Milliseconds} ms")]
    public static partial void Frozen(ILogger logger, string key, long memory, long milliseconds);

    [LoggerMessage(5222, LogLevel.Information, "Memory template {Key} is loaded in {Milliseconds} ms")]
    public static partial void Loaded(ILogger logger, string key, long milliseconds);

    [LoggerMessage(5223, LogLevel.Warning, "Memory template {Key} is deleted: {Why}")]
    public static partial void TemplateRefused(ILogger logger, string key, string why);

    [LoggerMessage(5224, LogLevel.Warning, "Memory templates in {Directory} are not used: {Why}")]
    public static partial void TemplatesRefused(ILogger logger, string directory, string why);
}
