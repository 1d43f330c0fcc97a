namespace Qubes.Kernel.Store;

/// <summary>A qube's row.</summary>
/// <param name="Qid">0 to 9999, the key.</param>
/// <param name="Uuid">All zero for the host.</param>
/// <param name="Name">At most 31 characters.</param>
/// <param name="Class">e.g. <c>AppVM</c>.</param>
internal sealed record StoredQube(int Qid, Guid Uuid, string Name, string Class);
