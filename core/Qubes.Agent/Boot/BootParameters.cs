namespace Qubes.Agent.Boot;

/// <summary>Who this guest is, from the kernel's command line.</summary>
/// <param name="Name">The qube's name.</param>
/// <param name="Type">The qube's class, e.g. <c>DispVM</c>.</param>
/// <param name="User">Its default user.</param>
internal sealed record BootParameters(string Name, string Type, string User)
{
    /// <summary>Whether private storage is of no lasting value.</summary>
    public bool IsDisposable => Type == "DispVM";

    // qubes.name=NAME qubes.type=CLASS qubes.user=USER, among other words

    /// <summary>Parses a command line; what it does not say has the usual value.</summary>
    public static BootParameters Parse(string commandLine)
    {
        var result = new BootParameters("localhost", "DispVM", "user");
        foreach (var word in commandLine.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            result = word.Split('=', 2) switch
            {
                ["qubes.name", { Length: > 0 } name] => result with { Name = name },
                ["qubes.type", { Length: > 0 } type] => result with { Type = type },
                ["qubes.user", { Length: > 0 } user] => result with { User = user },
                _ => result,
            };
        }

        return result;
    }
}
