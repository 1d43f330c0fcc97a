using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Admin;

/// <summary>What a method accepts (spec: Admin API, section 7); checked before it runs.</summary>
public enum Presence
{
    /// <summary>Must be empty.</summary>
    Forbidden,

    /// <summary>May be empty.</summary>
    Optional,

    /// <summary>Must not be empty.</summary>
    Required,
}

/// <summary>What a method may be called on.</summary>
public enum AdminDestination
{
    /// <summary>The host only.</summary>
    AdminVm,

    /// <summary>Any qube but the host.</summary>
    Qube,

    /// <summary>Either.</summary>
    Any,
}

/// <summary>One method of the Admin API.</summary>
/// <param name="Name">e.g. <c>admin.vm.Start</c>.</param>
/// <param name="Destination">What it may be called on.</param>
/// <param name="Argument">Whether it takes an argument.</param>
/// <param name="Payload">Whether it takes a payload.</param>
public abstract record AdminMethod(string Name, AdminDestination Destination, Presence Argument, Presence Payload);

/// <summary>A method with one answer.</summary>
/// <param name="Name">As in <see cref="AdminMethod"/>.</param>
/// <param name="Destination">As in <see cref="AdminMethod"/>.</param>
/// <param name="Argument">As in <see cref="AdminMethod"/>.</param>
/// <param name="Payload">As in <see cref="AdminMethod"/>.</param>
/// <param name="Handler">Runs on the kernel loop; returns what stands after <c>0\0</c>.</param>
public sealed record AnsweringMethod(
    string Name, AdminDestination Destination, Presence Argument, Presence Payload,
    Func<AdminCall, CancellationToken, ValueTask<AdminAnswer>> Handler) : AdminMethod(Name, Destination, Argument, Payload);

/// <summary>A method that answers with events until it returns or the client leaves.</summary>
/// <param name="Name">As in <see cref="AdminMethod"/>.</param>
/// <param name="Destination">As in <see cref="AdminMethod"/>.</param>
/// <param name="Argument">As in <see cref="AdminMethod"/>.</param>
/// <param name="Payload">As in <see cref="AdminMethod"/>.</param>
/// <param name="Handler">Runs on the kernel loop; cancelled when the client leaves.</param>
public sealed record StreamingMethod(
    string Name, AdminDestination Destination, Presence Argument, Presence Payload,
    Func<AdminCall, IAdminEventStream, CancellationToken, Task> Handler) : AdminMethod(Name, Destination, Argument, Payload);

/// <summary>Extension point: adds methods to the Admin API.</summary>
public interface IAdminMethodProvider
{
    /// <summary>The methods; a name that is taken is an error of the plugin.</summary>
    IEnumerable<AdminMethod> Methods { get; }
}
