namespace Qubes.Kernel.Events;

/// <summary>A handler did what it must not.</summary>
/// <param name="Event">The event's type.</param>
/// <param name="Handler">Type and method.</param>
/// <param name="What">One line.</param>
internal sealed record HandlerFault(string Event, string Handler, string What)
{
    public override string ToString() => $"{Handler} on {Event}: {What}";
}
