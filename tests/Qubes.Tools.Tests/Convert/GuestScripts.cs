using Qubes.Qrexec.Protocol;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Convert;

/// <summary>What services in a qube do, well or badly.</summary>
internal static class GuestScripts
{
    /// <summary>An answer of <c>dz.Convert</c>: the page count as given, then a page of each size, all of one grey.</summary>
    public static byte[] Answer(int pages, params (int Width, int Height)[] sizes)
    {
        var answer = new List<byte> { (byte)(pages >> 8), (byte)pages };
        foreach ((int width, int height) in sizes)
        {
            answer.AddRange([(byte)(width >> 8), (byte)width, (byte)(height >> 8), (byte)height]);
            answer.AddRange(Enumerable.Repeat((byte)0x40, width * height * 3));
        }

        return [.. answer];
    }

    /// <summary>Reads the document, sends these bytes, and exits.</summary>
    public static Func<ServedCall, Task> Sends(byte[] answer, int status = 0) => async call =>
    {
        await call.ConnectAsync();
        await call.ReadInputAsync();
        await OutputAsync(call, answer);
        await call.ExitAsync(status);
    };

    public static Func<ServedCall, Task> Exits(int status) => Sends([], status);

    public static async Task OutputAsync(ServedCall call, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at += 32 * 1024)
            await call.SendAsync(MessageType.DataStdout, bytes.AsMemory(at, Math.Min(32 * 1024, bytes.Length - at)));
    }
}
