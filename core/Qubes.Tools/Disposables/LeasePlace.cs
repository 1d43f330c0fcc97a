namespace Qubes.Tools.Disposables;

/// <summary>How long the next disposable of a lease will take.</summary>
/// <param name="Position">Its place among those that are waited for; 1 is next, 0: it is being made.</param>
/// <param name="Wait">How long, as far as the daemon knows.</param>
internal readonly record struct LeasePlace(int Position, TimeSpan? Wait);
