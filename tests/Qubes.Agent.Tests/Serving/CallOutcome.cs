using Qubes.Qrexec.Data;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Serving;

/// <summary>What came of a call.</summary>
internal sealed record CallOutcome(int Status, byte[] Output, string Error)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);

    public static async Task<CallOutcome> RunAsync(IVchan vchan, byte[] input)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var status = await CallerSession.RunAsync(vchan, new CallerStreams(new MemoryStream(input), output, error), default);
        await vchan.DisposeAsync();
        return new CallOutcome(status, output.ToArray(), System.Text.Encoding.UTF8.GetString(error.ToArray()));
    }
}
