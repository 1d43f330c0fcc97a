using Qubes.GuestTools.Native;

namespace Qubes.GuestTools.Unpacking;

/// <summary>The stream is refused, with the code that its sender is told.</summary>
/// <param name="error">One of <see cref="Qubes.Qrexec.Files.QfileError"/>, or another <c>errno</c>.</param>
internal sealed class UnpackException(uint error) : Exception
{
    public uint Error => error;

    /// <summary>What the sender is told of a failed system call.</summary>
    public static UnpackException For(SystemCallException failure) => new((uint)failure.Error);
}
