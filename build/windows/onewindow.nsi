; The installer of the terminal for Windows.
;
;   setup.exe                     asks for the role, the data folder, the hub and its key
;   setup.exe /S /ROLE=counter /DATA=D:\OneWindow /HALL=jiangnan /DEVICE=c07 /HUB=nats://10.1.2.3:4222 /HUBKEY=UBX5...
;
; /S asks nothing; /D=C:\Folder, as the last, chooses where the program goes.
; Settings that are there already are kept. An uninstall keeps settings and data.
; Exit status: 0 done, 2 a switch is wrong or the terminal is running.

Unicode true
SetCompressor /SOLID lzma
Name "OneWindow"
OutFile "${OUT}"
Icon "${ICON}"
UninstallIcon "${ICON}"
RequestExecutionLevel admin
InstallDir "$PROGRAMFILES64\OneWindow"
InstallDirRegKey HKLM "Software\OneWindow" "Folder"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "OneWindow"
VIAddVersionKey "FileDescription" "OneWindow setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "OneWindow"

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "nsDialogs.nsh"
!include "x64.nsh"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\OneWindow"
!define WEBVIEW "{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"

Var Settings   ; folder of terminal.json
Var Role
Var Data
Var Hall
Var Device
Var Hub
Var HubKey
Var Field1
Var Field2
Var Field3
Var FieldData
Var FieldHall
Var FieldDevice
Var FieldHub
Var FieldHubKey

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
Page custom PlacePage PlaceLeave
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString PlaceTitle ${LANG_SIMPCHINESE} "这台机器"
LangString PlaceTitle ${LANG_ENGLISH} "This machine"
LangString PlaceHint ${LANG_SIMPCHINESE} "一台终端只担任一种角色,以后可在设置文件里更改。"
LangString PlaceHint ${LANG_ENGLISH} "A terminal plays one role. The settings file can change it later."
LangString RoleKiosk ${LANG_SIMPCHINESE} "取号机"
LangString RoleKiosk ${LANG_ENGLISH} "Kiosk: citizens take tickets"
LangString RoleCounter ${LANG_SIMPCHINESE} "窗口电脑"
LangString RoleCounter ${LANG_ENGLISH} "Counter: a clerk's PC"
LangString RoleBoard ${LANG_SIMPCHINESE} "叫号屏"
LangString RoleBoard ${LANG_ENGLISH} "Calling board"
LangString DataLabel ${LANG_SIMPCHINESE} "数据文件夹(卸载时保留):"
LangString DataLabel ${LANG_ENGLISH} "Data folder (stays after an uninstall):"
LangString HallLabel ${LANG_SIMPCHINESE} "大厅代号:"
LangString HallLabel ${LANG_ENGLISH} "Id of the hall:"
LangString DeviceLabel ${LANG_SIMPCHINESE} "本机名称,如 k1、c07:"
LangString DeviceLabel ${LANG_ENGLISH} "Name of this terminal, such as k1 or c07:"
LangString HubLabel ${LANG_SIMPCHINESE} "大厅服务器地址:"
LangString HubLabel ${LANG_ENGLISH} "Address of the hall's hub:"
LangString HubKeyLabel ${LANG_SIMPCHINESE} "大厅服务器的公钥(onewindowd key 打印,可后补):"
LangString HubKeyLabel ${LANG_ENGLISH} "The hub's public key, as onewindowd key prints it there (may follow later):"
LangString BadRole ${LANG_SIMPCHINESE} "/ROLE 必须是 kiosk、counter 或 board,现在是“$Role”。"
LangString BadRole ${LANG_ENGLISH} "/ROLE must be kiosk, counter or board; it is '$Role'."
LangString BadData ${LANG_SIMPCHINESE} "请选择一个数据文件夹,例如 C:\ProgramData\OneWindow\data。"
LangString BadData ${LANG_ENGLISH} "Choose a data folder, such as C:\ProgramData\OneWindow\data."
LangString Running ${LANG_SIMPCHINESE} "OneWindow 正在运行。请先退出,再重试。"
LangString Running ${LANG_ENGLISH} "OneWindow is running. End it, then try again."
LangString NeedsWebView ${LANG_SIMPCHINESE} "这台机器还没有 WebView2 运行时,终端窗口打不开。请安装 Microsoft WebView2 离线安装包。"
LangString NeedsWebView ${LANG_ENGLISH} "This machine has no WebView2 runtime, so the terminal's window cannot open. Install Microsoft's offline WebView2 package."
LangString Kept ${LANG_SIMPCHINESE} "设置和数据保留在:"
LangString Kept ${LANG_ENGLISH} "Settings and data stay in:"

; Stop MESSAGE ends the installation with a sentence and status 2.
!macro Stop MESSAGE
  MessageBox MB_OK|MB_ICONSTOP "${MESSAGE}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

; Switched leaves the value of the switch on the stack, "" without it. The value
; ends at a space, or at a quote when one stands before the value or the switch.
; (GetOptions ends it at any slash, so it cannot read an address.)
Function Switched
  Exch $0 ; the switch: /ROLE=
  Push $1 ; the command line
  Push $2 ; where we look
  Push $3 ; what stands there
  Push $4 ; the switch's length
  Push $5 ; what ends the value
  ${GetParameters} $1
  StrLen $4 $0
  StrCpy $2 0
  StrCpy $5 " "
  ${Do}
    StrCpy $3 $1 $4 $2
    ${If} $3 == ""
      StrCpy $0 ""
      ${ExitDo}
    ${ElseIf} $3 == $0
      ${If} $2 > 0
        IntOp $3 $2 - 1
        StrCpy $3 $1 1 $3
        ${If} $3 == '"'
          StrCpy $5 '"'
        ${EndIf}
      ${EndIf}
      IntOp $2 $2 + $4
      StrCpy $3 $1 1 $2
      ${If} $3 == '"'
        StrCpy $5 '"'
        IntOp $2 $2 + 1
      ${EndIf}
      StrCpy $0 ""
      ${Do}
        StrCpy $3 $1 1 $2
        ${If} $3 == ""
        ${OrIf} $3 == $5
          ${ExitDo}
        ${EndIf}
        StrCpy $0 "$0$3"
        IntOp $2 $2 + 1
      ${Loop}
      ${ExitDo}
    ${EndIf}
    IntOp $2 $2 + 1
  ${Loop}
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

; Switch NAME VARIABLE OTHERWISE reads a switch, or takes what holds without it.
!macro Switch NAME VARIABLE OTHERWISE
  Push "${NAME}"
  Call Switched
  Pop ${VARIABLE}
  ${If} ${VARIABLE} == ""
    StrCpy ${VARIABLE} "${OTHERWISE}"
  ${EndIf}
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
    !insertmacro Stop "OneWindow needs 64-bit Windows."
  ${EndIf}
  SetRegView 64
  SetShellVarContext all
  StrCpy $Settings "$APPDATA\OneWindow" ; for all users this is ProgramData
  !insertmacro Switch "/ROLE=" $Role "kiosk"
  !insertmacro Switch "/DATA=" $Data "$Settings\data"
  !insertmacro Switch "/HALL=" $Hall "jiangnan"
  !insertmacro Switch "/DEVICE=" $Device ""
  !insertmacro Switch "/HUB=" $Hub "nats://127.0.0.1:4222"
  !insertmacro Switch "/HUBKEY=" $HubKey ""
  ${If} $Role != "kiosk"
  ${AndIf} $Role != "counter"
  ${AndIf} $Role != "board"
    !insertmacro Stop "$(BadRole)"
  ${EndIf}
FunctionEnd

Function PlacePage
  IfFileExists "$Settings\terminal.json" 0 +2
    Abort ; this machine has its settings: nothing to ask
  !insertmacro MUI_HEADER_TEXT "$(PlaceTitle)" "$(PlaceHint)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 0u 100% 11u "$(RoleKiosk)"
  Pop $Field1
  ${NSD_CreateRadioButton} 0 12u 100% 11u "$(RoleCounter)"
  Pop $Field2
  ${NSD_CreateRadioButton} 0 24u 100% 11u "$(RoleBoard)"
  Pop $Field3
  ${Switch} $Role
    ${Case} "counter"
      ${NSD_Check} $Field2
      ${Break}
    ${Case} "board"
      ${NSD_Check} $Field3
      ${Break}
    ${Default}
      ${NSD_Check} $Field1
  ${EndSwitch}
  ${NSD_CreateLabel} 0 40u 100% 9u "$(DataLabel)"
  Pop $0
  ${NSD_CreateDirRequest} 0 50u 80% 12u "$Data"
  Pop $FieldData
  ${NSD_CreateBrowseButton} 82% 50u 18% 12u "..."
  Pop $0
  ${NSD_OnClick} $0 PlaceBrowse
  ${NSD_CreateLabel} 0 68u 46% 9u "$(HallLabel)"
  Pop $0
  ${NSD_CreateText} 0 78u 46% 12u "$Hall"
  Pop $FieldHall
  ${NSD_CreateLabel} 50% 68u 50% 9u "$(DeviceLabel)"
  Pop $0
  ${NSD_CreateText} 50% 78u 50% 12u "$Device"
  Pop $FieldDevice
  ${NSD_CreateLabel} 0 96u 100% 9u "$(HubLabel)"
  Pop $0
  ${NSD_CreateText} 0 106u 100% 12u "$Hub"
  Pop $FieldHub
  ${NSD_CreateLabel} 0 119u 100% 9u "$(HubKeyLabel)"
  Pop $0
  ${NSD_CreateText} 0 128u 100% 12u "$HubKey"
  Pop $FieldHubKey
  nsDialogs::Show
FunctionEnd

Function PlaceBrowse
  nsDialogs::SelectFolderDialog "$(DataLabel)" "$Data"
  Pop $0
  ${If} $0 != error
    ${NSD_SetText} $FieldData "$0"
  ${EndIf}
FunctionEnd

Function PlaceLeave
  ${NSD_GetState} $Field2 $0
  ${NSD_GetState} $Field3 $1
  StrCpy $Role "kiosk"
  ${If} $0 == ${BST_CHECKED}
    StrCpy $Role "counter"
  ${ElseIf} $1 == ${BST_CHECKED}
    StrCpy $Role "board"
  ${EndIf}
  ${NSD_GetText} $FieldData $Data
  ${NSD_GetText} $FieldHall $Hall
  ${NSD_GetText} $FieldDevice $Device
  ${NSD_GetText} $FieldHub $Hub
  ${NSD_GetText} $FieldHubKey $HubKey
  ${If} $Data == ""
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(BadData)"
    Abort
  ${EndIf}
FunctionEnd

; Quoted turns the text on the stack into what may stand between quotes in JSON:
; everything but plain letters, digits and signs becomes \uXXXX, so the file is
; ASCII whatever the folder is called.
Function Quoted
  Exch $0
  Push $1
  Push $2
  Push $3
  Push $4
  System::Call '*(&w1024 "$0")p.r1'
  StrCpy $4 $1
  StrCpy $2 ""
  ${Do}
    System::Call '*$4(&i2 .r3)'
    IntOp $3 $3 & 0xFFFF
    ${If} $3 = 0
      ${ExitDo}
    ${EndIf}
    ${If} $3 < 32
    ${OrIf} $3 > 126
    ${OrIf} $3 = 34
    ${OrIf} $3 = 92
      IntFmt $3 "\u%04X" $3
    ${Else}
      IntFmt $3 "%c" $3
    ${EndIf}
    StrCpy $2 "$2$3"
    IntOp $4 $4 + 2
  ${Loop}
  System::Free $1
  StrCpy $0 $2
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

!macro Quote VARIABLE
  Push "${VARIABLE}"
  Call Quoted
  Pop ${VARIABLE}
!macroend

Function WriteSettings
  StrCpy $1 0
  ${Switch} $Role
    ${Case} "kiosk"
      StrCpy $1 1
      StrCpy $2 "k1"
      ${Break}
    ${Case} "counter"
      StrCpy $2 "c1"
      ${Break}
    ${Default}
      StrCpy $2 "b1"
  ${EndSwitch}
  ${If} $Device == ""
    StrCpy $Device $2
  ${EndIf}
  ; The number of a kiosk is its series: k3 marks its own numbers with 3.
  StrCpy $3 $Device 1
  StrCpy $4 $Device 1 1
  StrLen $5 $Device
  ${If} $Role == "kiosk"
  ${AndIf} $3 == "k"
  ${AndIf} $5 = 2
  ${AndIf} $4 >= 1
    StrCpy $1 $4
  ${EndIf}
  CreateDirectory "$Data"
  CreateDirectory "$Settings"
  !insertmacro Quote $Data
  !insertmacro Quote $Hall
  !insertmacro Quote $Device
  !insertmacro Quote $Hub
  !insertmacro Quote $HubKey
  FileOpen $0 "$Settings\terminal.json.new" w
  FileWrite $0 '{$\n  "role": "$Role",$\n  "hall": "$Hall",$\n  "device": "$Device",$\n  "series": $1,$\n  "hub": "$Hub",$\n  "hub_key": "$HubKey",$\n  "data": "$Data"$\n}$\n'
  FileClose $0
  Rename "$Settings\terminal.json.new" "$Settings\terminal.json"
FunctionEnd

Section
  SetRegView 64
  SetShellVarContext all
  SetOutPath "$INSTDIR"
  ; A running program cannot be replaced: better told now than half done.
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\onewindow.exe"
    Delete "$INSTDIR\onewindow.exe"
    ${If} ${Errors}
      !insertmacro Stop "$(Running)"
    ${EndIf}
  ${EndIf}
  File "/oname=onewindow.exe" "${PROGRAM}"
  ; What locks a kiosk or board down, for IT staff to run: see lock.ps1.
  SetOutPath "$INSTDIR\kiosk"
  File "kiosk\lock.ps1" "kiosk\shell-launcher.xml" "kiosk\keyboard-filter.txt"
  ; The words of a calling board.
  SetOutPath "$INSTDIR\clips"
  File "${CLIPS}/*.wav"
  SetOutPath "$INSTDIR"
  ${IfNot} ${FileExists} "$Settings\terminal.json"
    Call WriteSettings
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\OneWindow.lnk" "$INSTDIR\onewindow.exe"
  WriteRegStr HKLM "Software\OneWindow" "Folder" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "OneWindow"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\onewindow.exe"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\${WEBVIEW}" "pv"
  ${If} $0 == ""
    DetailPrint "$(NeedsWebView)"
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(NeedsWebView)" /SD IDOK
  ${EndIf}
SectionEnd

Section "Uninstall"
  SetRegView 64
  SetShellVarContext all
  ClearErrors
  Delete "$INSTDIR\onewindow.exe"
  ${If} ${Errors}
    !insertmacro Stop "$(Running)"
  ${EndIf}
  Delete "$INSTDIR\uninstall.exe"
  Delete "$INSTDIR\kiosk\lock.ps1"
  Delete "$INSTDIR\kiosk\shell-launcher.xml"
  Delete "$INSTDIR\kiosk\keyboard-filter.txt"
  RMDir "$INSTDIR\kiosk"
  Delete "$INSTDIR\clips\*.wav"
  RMDir "$INSTDIR\clips"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\OneWindow.lnk"
  DeleteRegKey HKLM "${UNINSTALL}"
  DeleteRegKey HKLM "Software\OneWindow"
  ; Settings and data are left where they are, on purpose.
  DetailPrint "$(Kept) $APPDATA\OneWindow"
SectionEnd
