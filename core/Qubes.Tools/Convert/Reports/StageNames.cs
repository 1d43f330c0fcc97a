namespace Qubes.Tools.Convert.Reports;

/// <summary>The stages' names in tables and JSON.</summary>
internal static class StageNames
{
    public static string Of(Stage stage) => stage switch
    {
        Stage.Acquire => "acquire",
        Stage.Boot => "boot",
        Stage.ServiceStart => "service_start",
        Stage.Transfer => "transfer",
        Stage.Convert => "convert",
        Stage.Write => "write",
        Stage.Destroy => "destroy",
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };
}
