using System.Text.RegularExpressions;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>The command by which the daemon calls a service: <c>USER:QUBESRPC SERVICE dom0</c> (spec: protocol, section 9).</summary>
internal static partial class ServiceCommand
{
    private const string Caller = "dom0";

    /// <exception cref="InvalidValueException">The service or the user is not a name of one.</exception>
    public static string For(string user, string service)
    {
        if (!UserPattern().IsMatch(user))
            throw new InvalidValueException("A guest's user has up to 32 characters A-Za-z0-9_.-, and begins with a letter or _");
        if (!ServicePattern().IsMatch(service) || ServiceDescriptor.TryParse($"{service} {Caller}") is not { } descriptor)
            throw new InvalidValueException("A service's name has characters A-Za-z0-9_.- and an argument of those and + after a +");
        return CommandText.ForService(user, descriptor).ToString();
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]{0,31}\z")]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,63}(\+[A-Za-z0-9_.+-]{0,190})?\z")]
    private static partial Regex ServicePattern();
}
