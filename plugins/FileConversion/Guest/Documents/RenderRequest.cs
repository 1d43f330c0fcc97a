namespace Qubes.Convert.Guest.Documents;

/// <summary>What is to be rendered: the workspace's input file, at how many dots per inch, opened with which password.</summary>
internal sealed record RenderRequest(Workspace Workspace, int Dpi, string? Password);
