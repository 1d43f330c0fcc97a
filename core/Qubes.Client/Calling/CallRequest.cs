using System.Text;
using Qubes.Client.Arguments;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Calling;

/// <summary>The one message that begins a call.</summary>
internal static class CallRequest
{
    /// <summary>Its wire form.</summary>
    public static byte[] Encode(CallOptions options)
    {
        var target = options.Target.Length == 0 ? "@default" : options.Target.Replace('$', '@');
        return new TriggerRequest(Bytes(options.Source), Cut(Bytes(target)), RequestId.FromText("SOCKET"), Bytes(options.Service), null)
            .Encode();
    }

    // The message's fields are bytes, whatever they mean: one character each.
    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Cut(string name) => name.Length < QrexecLimits.NameWidth ? name : name[..(QrexecLimits.NameWidth - 1)];
}
