using Qubes.Qrexec.Link;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>Has a guest sealed, and says in words why it was not.</summary>
internal static class Sealing
{
    /// <exception cref="QubeException">It is not sealed.</exception>
    public static async Task RunAsync(string guest, Func<CancellationToken, Task> seal, CancellationToken cancel)
    {
        try
        {
            await seal(cancel);
        }
        catch (IdentityRefusedException e)
        {
            throw Refusal(OutcomeText.Of(e.Outcome));
        }
        catch (NotSupportedException e)
        {
            throw Refusal(e.Message);
        }
        catch (VchanClosedException)
        {
            throw Refusal("its agent left before it was sealed");
        }
        catch (OperationCanceledException)
        {
            throw Refusal("its agent did not answer in time");
        }

        QubeException Refusal(string reason) => new($"'{guest}' cannot be frozen: {reason}.");
    }
}
