using Qubes.Qrexec.Link;

namespace Qubes.Qrexec.Tests.Link;

/// <summary>Both ends of a link without anything between them.</summary>
internal static class Wire
{
    public const int Window = 8192;

    public static byte[] GreetingOf(Guid nonce, int version = Greeting.CurrentVersion)
    {
        var greeting = new byte[Greeting.Size];
        new Greeting(version, Window, nonce).Write(greeting);
        return greeting;
    }

    public static byte[] Frame(int type, uint value, ushort channel = 0)
    {
        var frame = new byte[LinkFrame.Size];
        new LinkFrame((LinkFrameType)type, channel, value).Write(frame);
        return frame;
    }

    public static void Feed(LinkSession session, ReadOnlySpan<byte> bytes, int step = 100_000)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(step, bytes.Length)..])
        {
            var piece = bytes[..Math.Min(step, bytes.Length)];
            session.Receive(ref piece);
        }
    }

    public static byte[] Control(LinkSession session)
    {
        var buffer = new byte[65536];
        return buffer[..session.WriteControl(buffer)];
    }

    public static bool Violates(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (LinkViolationException)
        {
            return true;
        }
    }
}
