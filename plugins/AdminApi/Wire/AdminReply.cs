using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>The last bytes of a connection, in two parts, so that an answer that was encoded before is not copied.</summary>
internal readonly record struct AdminReply(ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body)
{
    /// <summary>No bytes.</summary>
    public static AdminReply Nothing => default;

    /// <summary>A success with what the method answered.</summary>
    public static AdminReply Of(AdminAnswer answer) => new(AdminRecord.Success, answer.Utf8);
}
