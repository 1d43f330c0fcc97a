namespace Qubes.Tools.Calls;

/// <summary>A call of a service in a qube (spec: qrexec protocol, section 9).</summary>
/// <param name="Qube">The qube's name; it must be running.</param>
/// <param name="Service">Service and, after a <c>+</c>, its argument, e.g. <c>qubes.VMShell</c>,
/// <c>qubes.PdfConvert+150</c>.</param>
internal sealed record ServiceCall(string Qube, string Service)
{
    /// <summary>Whom the service runs as; <c>DEFAULT</c> leaves the choice to the qube's property <c>default_user</c>.</summary>
    public string User { get; init; } = "DEFAULT";

    /// <summary>False: start it, do not connect its streams, do not wait.</summary>
    public bool Connected { get; init; } = true;

    /// <summary>Sent before the input.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>How long the guest may take to open the data connection; zero for no limit.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Instead of a service: a command for the user's login shell.</summary>
    public string? ShellCommand { get; init; }

    /// <summary>Do not wait for a desktop session first.</summary>
    public bool NoGui { get; init; } = true;

    /// <summary>
    /// The command text the qube's agent gets: <c>USER:[nogui:]QUBESRPC SERVICE+ARGUMENT dom0</c>, or
    /// <c>USER:[nogui:]SHELL COMMAND</c>.
    /// </summary>
    public string CommandText =>
        $"{User}:{(NoGui ? "nogui:" : "")}{ShellCommand ?? $"QUBESRPC {(Service.Contains('+') ? Service : Service + "+")} dom0"}";
}
