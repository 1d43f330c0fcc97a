namespace Qubes.Convert.Guest.Calls;

/// <summary>Which service this process was started as: its name and what followed <c>+</c>.</summary>
internal sealed record ServiceCall(string Name, string Argument)
{
    /// <summary>Set by the qrexec agent (spec: qrexec, section 9).</summary>
    public const string NameVariable = "QREXEC_SERVICE_FULL_NAME";

    /// <summary>
    /// The agent's word counts; without one the name of the program (a link in <c>/etc/qubes-rpc</c>) and its first
    /// argument do. Null if neither names anything.
    /// </summary>
    public static ServiceCall? Identify(string? fullName, string program, IReadOnlyList<string> arguments)
    {
        string name = string.IsNullOrEmpty(fullName) ? Path.GetFileName(program) : fullName;
        if (name.Length == 0)
            return null;
        int plus = name.IndexOf('+');
        if (plus >= 0)
            return new ServiceCall(name[..plus], name[(plus + 1)..]);
        return new ServiceCall(name, arguments.Count > 0 ? arguments[0] : "");
    }
}
