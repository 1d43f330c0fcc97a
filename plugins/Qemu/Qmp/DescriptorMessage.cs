using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Qmp;

/// <summary>
/// Sends bytes with one open file (SCM_RIGHTS), which .NET's sockets cannot. struct msghdr and struct cmsghdr as on 64-bit Linux;
/// the one control message is a header of 16 bytes (length u64, level i32, type i32) and the descriptor, i32, filled up to 8.
/// </summary>
internal static unsafe partial class DescriptorMessage
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Rights = 1; // SCM_RIGHTS
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int HeaderLength = 16;
    private const int ControlLength = HeaderLength + sizeof(int);
    private const int ControlSpace = HeaderLength + 8;

    /// <summary>Sends them at once and whole.</summary>
    /// <exception cref="QubeException">The other side does not take them.</exception>
    public static void Send(Socket socket, ReadOnlySpan<byte> data, SafeHandle file)
    {
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            var control = stackalloc byte[ControlSpace];
            new Span<byte>(control, ControlSpace).Clear();
            *(nuint*)control = ControlLength;
            *(int*)(control + 8) = SocketLevel;
            *(int*)(control + 12) = Rights;
            *(int*)(control + HeaderLength) = (int)file.DangerousGetHandle();
            fixed (byte* bytes = data)
            {
                var part = new Part { Data = bytes, Length = (nuint)data.Length };
                var message = new Header { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlSpace };
                var sent = SendCall(socket.SafeHandle, &message, NoSignal);
                if (sent < 0)
                    throw new QubeException($"QEMU takes no descriptor: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
                if (sent != data.Length)
                    throw new QubeException("QEMU takes no descriptor: cut short");
            }
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendCall(SafeSocketHandle socket, Header* message, int flags);

    private struct Part
    {
        public byte* Data;
        public nuint Length;
    }

    private struct Header
    {
        public byte* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
