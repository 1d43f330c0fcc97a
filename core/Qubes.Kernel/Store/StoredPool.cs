namespace Qubes.Kernel.Store;

/// <summary>A storage pool.</summary>
/// <param name="Name">The key.</param>
/// <param name="Driver">e.g. <c>file-reflink</c>.</param>
/// <param name="Options">The driver's options, in the order they were given.</param>
internal sealed record StoredPool(string Name, string Driver, IReadOnlyDictionary<string, string> Options);
