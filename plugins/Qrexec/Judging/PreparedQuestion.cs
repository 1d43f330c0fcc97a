using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>A question, and who is to answer it.</summary>
/// <param name="Question">For a prompt of the host.</param>
/// <param name="GuiVm">The qube whose user is asked; null: whoever is at the host.</param>
/// <param name="Json">For <c>policy.Ask</c> in that qube.</param>
internal sealed record PreparedQuestion(PolicyQuestion Question, string? GuiVm, ReadOnlyMemory<byte> Json);
