using System.Text.RegularExpressions;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>The command by which a service is called: <c>USER:QUBESRPC SERVICE SOURCE</c> (spec: protocol, section 9).</summary>
internal static partial class ServiceCommand
{
    private const string Host = "dom0";

    /// <summary>A call of the daemon's own.</summary>
    /// <exception cref="InvalidValueException">The service or the user is not a name of one.</exception>
    public static string For(string user, string service)
    {
        if (!UserPattern().IsMatch(user))
            throw new InvalidValueException("A guest's user has up to 32 characters A-Za-z0-9_.-, and begins with a letter or _");
        if (!ServicePattern().IsMatch(service) || ServiceDescriptor.TryParse($"{service} {Host}") is not { } descriptor)
            throw new InvalidValueException("A service's name has characters A-Za-z0-9_.- and an argument of those and + after a +");
        return CommandText.ForService(user, descriptor).ToString();
    }

    /// <summary>A call that someone else makes, whose words are sanitised; a service without an argument gets an empty one.</summary>
    /// <exception cref="InvalidValueException">The user is not a name of one, or the service's is too long.</exception>
    public static string ForCaller(string user, string service, string source)
    {
        if (!UserPattern().IsMatch(user))
            throw new InvalidValueException("A guest's user has up to 32 characters A-Za-z0-9_.-, and begins with a letter or _");
        string full = service.Contains('+', StringComparison.Ordinal) ? service : service + "+";
        return ServiceDescriptor.TryParse($"{full} {source}") is { } descriptor
            ? CommandText.ForService(user, descriptor).ToString()
            : throw new InvalidValueException($"A service's name has 1 to {QrexecLimits.ServiceNameWithoutArgument} characters");
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]{0,31}\z")]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,63}(\+[A-Za-z0-9_.+-]{0,190})?\z")]
    private static partial Regex ServicePattern();
}
