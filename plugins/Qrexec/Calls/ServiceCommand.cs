using System.Text.RegularExpressions;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>The command by which a service is called: <c>USER:QUBESRPC SERVICE SOURCE</c> (spec: protocol, section 9).</summary>
internal static partial class ServiceCommand
{
    private const string Host = "dom0";

    /// <summary>Who services run as in a qube that names nobody.</summary>
    public const string AnyUser = "user";

    /// <summary>Who services of a qube run as when nobody says otherwise. On the kernel loop.</summary>
    public static string DefaultUser(IQube qube) =>
        qube.Properties.Get(QubeProperties.DefaultUser) is { Length: > 0 } user ? user : AnyUser;

    /// <summary>A call of the daemon's own.</summary>
    /// <exception cref="InvalidValueException">The service or the user is not a name of one.</exception>
    public static string For(string user, string service)
    {
        RequireUser(user);
        if (!ServicePattern().IsMatch(service) || ServiceDescriptor.TryParse($"{service} {Host}") is not { } descriptor)
            throw new InvalidValueException("A service's name has characters A-Za-z0-9_.- and an argument of those and + after a +");
        return CommandText.ForService(user, descriptor).ToString();
    }

    /// <summary>A call that someone else makes, whose words are sanitised; a service without an argument gets an empty one.</summary>
    /// <exception cref="InvalidValueException">The user is not a name of one, or the service's is too long.</exception>
    public static string ForCaller(string user, string service, string source)
    {
        RequireUser(user);
        string full = service.Contains('+', StringComparison.Ordinal) ? service : service + "+";
        return ServiceDescriptor.TryParse($"{full} {source}") is { } descriptor
            ? CommandText.ForService(user, descriptor).ToString()
            : throw new InvalidValueException($"A service's name has 1 to {QrexecLimits.ServiceNameWithoutArgument} characters");
    }

    private static void RequireUser(string user)
    {
        if (!UserPattern().IsMatch(user))
            throw new InvalidValueException("A guest's user has up to 32 characters A-Za-z0-9_.-, and begins with a letter or _");
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]{0,31}\z")]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,63}(\+[A-Za-z0-9_.+-]{0,190})?\z")]
    private static partial Regex ServicePattern();
}
