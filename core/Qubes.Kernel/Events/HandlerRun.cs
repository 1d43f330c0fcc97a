namespace Qubes.Kernel.Events;

/// <summary>An awaited handler that is under way.</summary>
/// <param name="Event">The event's type.</param>
/// <param name="Handler">Type and method.</param>
/// <param name="Task">Its end.</param>
internal sealed record HandlerRun(string Event, string Handler, Task Task);
